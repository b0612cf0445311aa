import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Foundation

exit(EvaluateTextCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
