import FairlineModels
import FairlineTasks
import Foundation

exit(QuantizeCommand.main(plugins: [StandardModels.self]))
