import FairlineModels
import FairlineNodeTransformer
import FairlineTasks
import Foundation

exit(TrainCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
