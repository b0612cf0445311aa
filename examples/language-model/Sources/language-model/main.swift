import Charts
import ExampleSupport
import Foundation

var arguments = Arguments(
  usage: "usage: language-model [--out FOLDER] [--arch NAME] [--compare] [--quick] [--seed N]")
let isQuick = arguments.flag("--quick")
let compares = arguments.flag("--compare")
let name = arguments.value("--arch") ?? "transformer_lm"
let folder = URL(fileURLWithPath: arguments.value("--out") ?? "pictures")
let seed = arguments.count("--seed", default: 1)
arguments.finish()

let families = ["transformer_lm", "lstm_lm", "fconv_lm", "node_transformer_lm_pieces"]
do {
  let experiment = Experiment(
    folder: folder.appendingPathComponent("language-model"), updates: isQuick ? 20 : 1000,
    seed: seed)
  try experiment.prepare(sentences: isQuick ? 2000 : 12_000)
  var lines: [LineChart.Series] = []
  for (place, family) in (compares ? families : [name]).enumerated() {
    let outcome = try experiment.train(family)
    let prompts = ["the day after", "twenty-three plus", "ninety minus", "seven is"]
    try experiment.sample(outcome, prompts: prompts, times: 3)
    var line = LineChart.Series(family, color: place == 0 ? 0 : place + 1, outcome.curve)
    line.note = outcome.curve.last.map { String(format: "%.2f at the end", $0.y) } ?? ""
    lines.append(line)
  }
  var chart = LineChart(
    "Perplexity of held-out sentences", x: "updates", y: "perplexity of a word", lines)
  chart.showsFactors = true
  let file = folder.appendingPathComponent("language-model.svg")
  try Data((chart.svg + (chart.svg.hasSuffix("\n") ? "" : "\n")).utf8).write(to: file)
  report("picture: \(file.path)")
} catch {
  FileHandle.standardError.write(Data("language-model: \(error)\n".utf8))
  exit(1)
}
