import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Foundation

exit(GenerateCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
