import FairlinePrograms
import Foundation

exit(ShortlistCommand.main())
