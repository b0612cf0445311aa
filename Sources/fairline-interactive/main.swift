import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Foundation

exit(InteractiveCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
