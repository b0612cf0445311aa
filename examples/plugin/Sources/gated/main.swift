import FairlineModels
import FairlinePrograms
import Foundation
import GatedPlugin

// One program for both jobs: `gated train DATA ...` and `gated generate DATA ...`.
let job = CommandLine.arguments.dropFirst().first
let arguments = Array(CommandLine.arguments.dropFirst(2))
let main = job == "generate" ? GenerateCommand.main : TrainCommand.main
exit(main([StandardModels.self, GatedPlugin.self], "gated", arguments))
