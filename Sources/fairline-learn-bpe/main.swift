import FairlinePrograms
import Foundation

exit(LearnBPECommand.main())
