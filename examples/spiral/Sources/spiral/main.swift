import ExampleSupport
import Foundation

var arguments = Arguments(
  usage: "usage: spiral [--out FOLDER] [--only spiral|spheres] [--quick] [--seed N]")
let isQuick = arguments.flag("--quick")
let folder = URL(fileURLWithPath: arguments.value("--out") ?? "pictures")
let part = arguments.choice("--only", ["both", "spiral", "spheres"])
let seed = UInt64(arguments.count("--seed", default: 1))
arguments.finish()

do {
  if part != "spheres" {
    let experiment = try SpiralExperiment(updates: isQuick ? 20 : 5000, seed: seed)
    try experiment.run()
    let file = try experiment.figure().write(to: folder, as: "spiral.svg")
    report("picture: \(file.path)")
  }
  if part != "spiral" {
    let experiment = SpheresExperiment(updates: isQuick ? 10 : 800, seed: seed)
    try experiment.run()
    let file = try experiment.figure().write(to: folder, as: "spheres.svg")
    report("picture: \(file.path)")
  }
} catch {
  FileHandle.standardError.write(Data("spiral: \(error)\n".utf8))
  exit(1)
}
