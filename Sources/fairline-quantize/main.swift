import FairlineModels
import FairlinePrograms
import Foundation

exit(QuantizeCommand.main(plugins: [StandardModels.self]))
