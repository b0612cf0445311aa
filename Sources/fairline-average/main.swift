import FairlineTasks
import Foundation

exit(AverageCommand.main())
