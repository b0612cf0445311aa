import Foundation

/// Measures parts of the engine: `fairline-bench [matmul] [attention] [update] [generate] [ode] [--threads N] [--repeats N]`.
var arguments = Array(CommandLine.arguments.dropFirst())
let settings = BenchmarkSettings(&arguments)
let known: [(name: String, run: (BenchmarkSettings) throws -> Void)] = [
  ("matmul", measureMatrixProducts), ("attention", measureAttention), ("update", measureUpdate),
  ("generate", measureGeneration), ("ode", measureSolves),
]
let unknown = arguments.filter { name in !known.contains { $0.name == name } }
if !unknown.isEmpty {
  FileHandle.standardError.write(
    Data("unknown benchmark '\(unknown[0])'; known: \(known.map(\.name))\n".utf8))
  exit(2)
}
print(settings.heading)
for (name, run) in known where arguments.isEmpty || arguments.contains(name) {
  try run(settings)
}
