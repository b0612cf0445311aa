import Fairline
import FairlineGeneration
import FairlineModels
import FairlineTasks

let catalog = try Catalog([StandardTasks.self, StandardModels.self])
let translator = try Translator("checkpoint_best.safetensors", catalog)
print(try translator.translate("a small dog").text)
