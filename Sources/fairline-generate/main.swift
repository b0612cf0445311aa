import FairlineModels
import FairlineTasks
import Foundation

exit(GenerateCommand.main(plugins: [StandardModels.self]))
