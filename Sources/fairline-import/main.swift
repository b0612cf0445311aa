import FairlineModels
import FairlinePrograms
import Foundation

exit(ImportCommand.main(plugins: [StandardModels.self]))
