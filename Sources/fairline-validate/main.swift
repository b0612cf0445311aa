import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Foundation

exit(ValidateCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
