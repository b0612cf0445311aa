import FairlineModels
import FairlineNodeTransformer
import FairlineTasks
import Foundation

exit(GenerateCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
