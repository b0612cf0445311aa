import FairlinePrograms
import Foundation

exit(PreprocessCommand.main())
