import FairlinePrograms
import Foundation

exit(ScoreCommand.main())
