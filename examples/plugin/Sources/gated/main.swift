import Fairline
import FairlineModels
import FairlinePrograms
import Foundation
import GatedPlugin

// One program for all jobs: `gated train DATA ...`, `gated generate DATA ...` and so on.
let jobs: [String: ([any Plugin.Type], String, [String]) -> Int32] = [
  "preprocess": PreprocessCommand.main, "train": TrainCommand.main,
  "generate": GenerateCommand.main, "interactive": InteractiveCommand.main,
  "score": ScoreCommand.main,
]
let job = jobs[CommandLine.arguments.dropFirst().first ?? ""] ?? TrainCommand.main
let plugins: [any Plugin.Type] = [StandardModels.self, GatedPlugin.self]
exit(job(plugins, "gated", Array(CommandLine.arguments.dropFirst(2))))
