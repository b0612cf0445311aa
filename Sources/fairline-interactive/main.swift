import FairlineModels
import FairlineNodeTransformer
import FairlineTasks
import Foundation

exit(InteractiveCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
