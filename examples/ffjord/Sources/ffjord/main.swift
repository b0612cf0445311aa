import ExampleSupport
import Fairline
import FairlineTensor
import Foundation

var arguments = Arguments(
  usage: "usage: ffjord [--data moons|pinwheel|gaussians] [--trace exact|hutchinson|rademacher] "
    + "[--updates N] [--batch N] [--seed N] [--out FOLDER] [--quick]")
let isQuick = arguments.flag("--quick")
let folder = URL(fileURLWithPath: arguments.value("--out") ?? "pictures")
let density = Density(rawValue: arguments.choice("--data", Density.allCases.map(\.rawValue)))
let trace = Trace(rawValue: arguments.choice("--trace", Trace.allCases.map(\.rawValue)))
let updates = arguments.count("--updates", default: isQuick ? 6 : 1000)
let batch = arguments.count("--batch", default: isQuick ? 128 : 512)
let seed = UInt64(arguments.count("--seed", default: 1))
arguments.finish()

do {
  let experiment = FlowExperiment(
    density ?? .moons, trace ?? .exact, updates: updates, batch: batch, seed: seed,
    isQuick: isQuick)
  try experiment.run()
  let name = "ffjord-\((density ?? .moons).rawValue)-\((trace ?? .exact).rawValue).svg"
  let file = try experiment.figure().write(to: folder, as: name)
  report("picture: \(file.path)")
} catch {
  FileHandle.standardError.write(Data("ffjord: \(error)\n".utf8))
  exit(1)
}
