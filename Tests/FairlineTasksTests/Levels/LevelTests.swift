import CFairlineKernels
import Fairline
import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

/// Training and search give the same bits on every CPU with fused multiply-add: at x86-64-v3 and at
/// x86-64-v4.
///
/// The hashes were recorded once. A change of the order of sums changes them, on purpose or by
/// mistake: then look why, and record what both levels give.
@Suite(.serialized) struct LevelTests {
  /// The levels with fused multiply-add.
  static let levels: [Int32] = [1, 2]

  private func requireLevel(_ level: Int32) throws {
    if fl_cpu_best_level() < level {
      try Test.cancel("this CPU has no \(String(cString: fl_cpu_level_name(level)))")
    }
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
  static let trainings: [(name: String, flags: [String], hash: String)] = [
    ("classic", ["--encoder-embed-dim", "64"], "?"),
    (
      "large batches",
      [
        "--encoder-embed-dim", "96", "--encoder-ffn-embed-dim", "192", "--activation-dropout",
        "0.1", "--max-tokens", "400", "--activation-fn", "gelu",
      ], "?"
    ),
    (
      "node",
      [
        "--arch", "node_transformer", "--node-encoder", "--node-decoder", "--node-method",
        "heun2", "--node-steps", "2", "--encoder-attention-heads", "2",
        "--decoder-attention-heads", "2", "--encoder-ffn-embed-dim", "32",
      ], "?"
    ),
    (
      "adaptive node",
      [
        "--arch", "node_transformer", "--node-encoder", "--node-method", "dopri5",
        "--node-gradient", "adjoint", "--encoder-attention-heads", "2", "--decoder-layers", "1",
        "--decoder-attention-heads", "2", "--encoder-ffn-embed-dim", "32",
      ], "?"
    ),
  ]

  @Test(arguments: levels, trainings.map(\.name))
  func trainingsAreTheSame(_ level: Int32, _ name: String) throws {
    try requireLevel(level)
    let training = try #require(Self.trainings.first { $0.name == name })
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let more = training.flags + ["--max-update", "50", "--disable-validation"]
      let run = try Programs.run(
        "fairline-train", data.arguments("model", more),
        environment: ["FAIRLINE_CPU_LEVEL": "\(level)"])
      try #require(run.code == 0, "\(run.errors)")
      let tensors = try tensorBytes(data.path("model/checkpoint_last.safetensors"))
      #expect(tensors.keys.contains { $0.hasPrefix("optimizer.") })
      #expect(Self.hash(tensors) == training.hash, "\(name)")
    }
  }

  /// Scores of H- lines are printed to the last bit.
  static let searches: [(flags: [String], hash: String)] = [
    (["--beam", "5", "--nbest", "3"], "?"),
    (["--beam", "1"], "?"),
    (["--beam", "5", "--quantize", "int8"], "?"),
    (["--beam", "4", "--sampling", "--sampling-topk", "6"], "?"),
  ]

  @Test(arguments: levels, Array(searches.indices))
  func searchesAreTheSame(_ level: Int32, _ number: Int) throws {
    try requireLevel(level)
    let search = Self.searches[number]
    let root = FixtureFolder.roots()[0].url.appendingPathComponent("numbers")
    let text = try String(contentsOf: root.appendingPathComponent("test.en"), encoding: .utf8)
    let run = try Programs.run(
      "fairline-interactive",
      [
        "--path", root.appendingPathComponent("model.safetensors").path, "--buffer-size", "64",
      ] + search.flags, input: text, environment: ["FAIRLINE_CPU_LEVEL": "\(level)"])
    try #require(run.code == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n").filter { !$0.hasPrefix("W-") }
    #expect(lines.count { $0.hasPrefix("H-") } >= 200)
    #expect(Self.hash(lines.joined(separator: "\n").utf8) == search.hash, "\(search.flags)")
  }
}
