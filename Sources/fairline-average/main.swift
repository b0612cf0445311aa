import FairlinePrograms
import Foundation

exit(AverageCommand.main())
