import FairlineTasks
import Foundation

exit(PreprocessCommand.main())
