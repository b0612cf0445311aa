import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Foundation

exit(ExportCommand.main(plugins: [StandardModels.self, NodeTransformerPlugin.self]))
