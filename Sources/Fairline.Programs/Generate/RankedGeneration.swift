import Fairline
import FairlineDistributed
import FairlineGeneration
import FairlineTensor

/// Generates for the batches of a data set on several ranks: each takes every n-th batch, and the
/// first one receives what all have found, in the order of batches.
struct RankedGeneration {
  let exchange: RankExchange
  let translator: Translator
  let inputs: any GenerationInputs

  /// Batches of a rank between two meetings of all ranks.
  static let window = 32

  /// Refuses ranks whose models or data differ.
  ///
  /// - Throws: `UserError` that names the ranks.
  func check(_ models: [any Model], _ batches: [[Int]]) throws {
    let sums = models.map { model in
      model.parameters.values.withScalars { XXH64.hash(UnsafeRawBufferPointer($0)) }
    }
    var data: [UInt64] = []
    for place in batches.joined() {
      data.append(inputs[place].given.withUnsafeBytes { XXH64.hash($0) })
    }
    func text(_ numbers: [UInt64]) -> String {
      XXH64.text(numbers.withUnsafeBytes { XXH64.hash($0) })
    }
    try exchange.compare([
      ("model", text(sums), "copy the file to every computer"),
      ("data", text(data), "copy the data folder to every computer"),
    ])
  }

  /// Generates, and hands the results on in the batches' order, on the first rank only.
  func generate(
    _ batches: [[Int]], deliver: ([GenerationInput], [[Hypothesis]]) throws -> Void
  ) throws {
    let (rank, count) = (exchange.role.rank, exchange.role.count)
    for first in stride(from: 0, to: batches.count, by: Self.window * count) {
      let some = Array(batches[first..<min(first + Self.window * count, batches.count)])
      let own = stride(from: rank, to: some.count, by: count).map { some[$0] }
      var found = HypothesisBytes()
      try translator.generate(own, of: inputs) { found.put($1) }
      let all = try exchange.gather(bytes: found.bytes)
      guard rank == 0 else { continue }
      var readers = all.map { HypothesisBytes($0) }
      for place in some.indices {
        try deliver(inputs.batch(at: some[place]), readers[place % count].take())
      }
    }
  }
}
