import FairlinePrograms
import Foundation

exit(TokenizeCommand.main())
