import FairlineModels
import FairlineTasks
import Foundation

exit(TrainCommand.main(plugins: [StandardModels.self]))
