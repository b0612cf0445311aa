import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Foundation

exit(QuantizeCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
