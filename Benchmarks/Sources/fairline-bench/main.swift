import ExampleSupport
import Foundation

let known: [(name: String, run: (BenchmarkSettings) throws -> Void)] = [
  ("matmul", measureMatrixProducts), ("attention", measureAttention), ("update", measureUpdate),
  ("generate", measureGeneration), ("ode", measureSolves), ("adaptive", measureAdaptiveSoftmax),
]
let usage = """
  usage: fairline-bench [\(known.map(\.name).joined(separator: "|"))] ... \
  [--threads N] [--repeats N] [--channels N] [--layers N] [--heads N] [--json]
         fairline-bench train [--length N] [--source-length N] [--target-length N] [--width N] \
  [--ffn N] [--heads N] [--layers N] [--max-tokens N] [--vocabulary N] [--dropout X] \
  [--updates N] [--threads N] [--fp16] [--checkpoint-activations]
         fairline-bench limits [--threads N]

  Measures parts of the engine. `train` makes updates on made-up batches, `limits` measures what \
  the machine can do at most; both print a line of JSON.
  """
var arguments = Arguments(usage: usage)

do {
  switch arguments.command(of: ["train", "limits"]) {
  case "train":
    try Training.run(&arguments)
  case "limits":
    Limits.run(&arguments)
  default:
    let settings = BenchmarkSettings(&arguments)
    let names = arguments.words()
    arguments.finish()
    if let unknown = names.first(where: { name in !known.contains { $0.name == name } }) {
      arguments.fail("unknown benchmark '\(unknown)'")
    }
    print(settings.heading)
    for (name, run) in known where names.isEmpty || names.contains(name) {
      try run(settings)
    }
  }
} catch {
  FileHandle.standardError.write(Data("fairline-bench: \(error)\n".utf8))
  exit(1)
}
