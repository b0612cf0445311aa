import CFairlineKernels
import Fairline
import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

/// Training and search give the same bits on every CPU with fused multiply-add: at x86-64-v3 and at
/// x86-64-v4.
///
/// The levels of this CPU are held against each other and against a hash where one is recorded. A
/// change of the order of sums changes it, on purpose or by mistake: then look why, and record what
/// both levels give.
@Suite(.serialized) struct LevelTests {
  /// The levels with fused multiply-add.
  private static let levels: [Int32] = [1, 2]

  /// Runs something at each level that this CPU has, and compares what it gives.
  private func compare(
    _ name: String, recorded: String?, _ body: ([String: String]) throws -> String
  ) throws {
    let levels = Self.levels.filter { $0 <= fl_cpu_best_level() }
    if levels.count + (recorded == nil ? 0 : 1) < 2 {
      try Test.cancel("this CPU has \(levels.count) of 2 levels: \(name) has nothing to agree with")
    }
    let found = try levels.map { try body(["FAIRLINE_CPU_LEVEL": "\($0)"]) }
    #expect(Set(found).count == 1, "\(name) gives \(found) at levels \(levels)")
    if let recorded { #expect(found == levels.map { _ in recorded }, "\(name)") }
    print("\(name): \(found)")
  }

  private static func hash(_ bytes: some Collection<UInt8>) -> String {
    let sum = Array(bytes).withUnsafeBytes { XXH64.hash($0) }
    return String(sum, radix: 16)
  }

  private static func hash(_ tensors: [String: [UInt8]]) -> String {
    hash(tensors.sorted { $0.key < $1.key }.flatMap { Array($0.key.utf8) + $0.value })
  }

  /// Each with dropout: a classic Transformer, one of wider layers, and neural ODEs on a grid and
  /// with steps by error.
  static let trainings: [(name: String, flags: [String], recorded: String?)] = [
    ("classic", ["--encoder-embed-dim", "64"], "6aefe4f5d0efeeb3"),
    (
      "large batches",
      [
        "--encoder-embed-dim", "96", "--encoder-ffn-embed-dim", "192", "--activation-dropout",
        "0.1", "--max-tokens", "400", "--activation-fn", "gelu",
      ], "5825f06b9ef0596"
    ),
    (
      "node",
      [
        "--arch", "node_transformer", "--node-encoder", "--node-decoder", "--node-method",
        "heun2", "--node-steps", "2", "--encoder-attention-heads", "2",
        "--decoder-attention-heads", "2", "--encoder-ffn-embed-dim", "32",
      ], "f4f579e3af53c909"
    ),
    (
      "adaptive node",
      [
        "--arch", "node_transformer", "--node-encoder", "--node-method", "dopri5",
        "--node-gradient", "adjoint", "--encoder-attention-heads", "2", "--decoder-layers", "1",
        "--decoder-attention-heads", "2", "--encoder-ffn-embed-dim", "32",
      ], "1a9de80a2fad16ce"
    ),
  ]

  @Test(arguments: trainings.map(\.name)) func trainingsAreTheSame(_ name: String) throws {
    let training = try #require(Self.trainings.first { $0.name == name })
    try compare(name, recorded: training.recorded) { environment in
      try withTemporaryFolder { folder in
        let data = try TinyData(in: folder)
        let more = training.flags + ["--max-update", "50", "--disable-validation"]
        let run = try Programs.run(
          "fairline-train", data.arguments("model", more), environment: environment)
        try #require(run.code == 0, "\(run.errors)")
        let tensors = try tensorBytes(data.path("model/checkpoint_last.safetensors"))
        #expect(tensors.keys.contains { $0.hasPrefix("optimizer.") })
        return Self.hash(tensors)
      }
    }
  }

  /// Scores of H- lines are printed to the last bit.
  static let searches: [(flags: [String], recorded: String?)] = [
    (["--beam", "5", "--nbest", "3"], "801ab6d3ca539028"),
    (["--beam", "1"], "36989c52d101c1c1"),
    (["--beam", "5", "--quantize", "int8"], "8f5e4d9da90de03e"),
    (
      ["--beam", "4", "--sampling", "--sampling-topk", "6", "--nbest", "4"], "8fc97b02b7ecaaeb"
    ),
  ]

  @Test(arguments: Array(searches.indices)) func searchesAreTheSame(_ number: Int) throws {
    let search = Self.searches[number]
    let root = FixtureFolder.roots()[0].url.appendingPathComponent("numbers")
    let text = try String(contentsOf: root.appendingPathComponent("test.en"), encoding: .utf8)
    let arguments =
      ["--path", root.appendingPathComponent("model.safetensors").path, "--buffer-size", "64"]
      + search.flags
    let name = search.flags.joined(separator: " ")
    try compare(name, recorded: search.recorded) { environment in
      let run = try Programs.run(
        "fairline-interactive", arguments, input: text, environment: environment)
      try #require(run.code == 0, "\(run.errors)")
      let lines = run.output.split(separator: "\n").filter { !$0.hasPrefix("W-") }
      #expect(lines.count { $0.hasPrefix("H-") } >= 200)
      return Self.hash(lines.joined(separator: "\n").utf8)
    }
  }
}
