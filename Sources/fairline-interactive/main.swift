import FairlineModels
import FairlineTasks
import Foundation

exit(InteractiveCommand.main(plugins: [StandardModels.self]))
