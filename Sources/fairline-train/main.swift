import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Foundation

exit(TrainCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
