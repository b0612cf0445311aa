import FairlineTasks
import Foundation

exit(ShortlistCommand.main())
