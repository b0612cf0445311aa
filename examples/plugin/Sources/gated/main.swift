import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Foundation
import GatedPlugin

let plugins: [any Plugin.Type] = [
  StandardModels.self, NodeTransformerPlugin.self, GatedPlugin.self,
]
exit(AllCommands.main(plugins: plugins, program: "gated"))
