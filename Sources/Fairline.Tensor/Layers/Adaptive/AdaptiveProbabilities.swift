/// The parameters of an ``AdaptiveSoftmax`` in one pass: from states to probabilities.
///
/// A symbol of the first band has the probability that the head gives it; one of a further band
/// that of its band times its own within the band.
public struct AdaptiveProbabilities {
  let bands: SymbolBands
  let dropout: Double
  /// Shape `[symbol of the first band + band, channel]`.
  let head: Tensor
  /// For each band but the first: `[narrow, channel]` and `[symbol, narrow]`.
  let tails: [(map: Tensor, table: Tensor)]
  let pass: ForwardPass

  /// The logarithms of all symbols' probabilities.
  ///
  /// - Parameter states: `[row, channel]`
  /// - Returns: `[row, vocabulary]`
  public func logits(of states: Tensor) -> Tensor {
    let first = bands.ranges[0].count
    let choice = states.linear(weight: head).logSoftmax()  // [row, first band + band]
    var parts = [choice.sliced(0..<first, along: 1)]
    for (number, tail) in tails.enumerated() {
      let within = states.linear(weight: tail.map).linear(weight: tail.table).logSoftmax()
      let band = (first + number)..<(first + number + 1)
      parts.append(within + choice.sliced(band, along: 1))
    }
    return parts.count == 1 ? parts[0] : Tensor.concatenated(parts, along: 1)
  }

  /// The cross-entropy of targets: each band is computed for the rows only whose targets it has.
  ///
  /// A target counts as predicted exactly when its band is the most probable one, and it is the
  /// most probable symbol in it.
  ///
  /// - Parameters:
  ///   - states: `[row, channel]`
  ///   - targets: the right symbol of each row; negative ones count nothing. `[row]`
  ///   - smoothing: above 0 all symbols of all rows are computed.
  /// - Returns: sums over the rows.
  public func crossEntropy(
    of states: Tensor, targets: [Int32], smoothing: Float = 0
  ) -> CrossEntropy {
    let states = states.droppedOut(pass.dropout(dropout))
    if smoothing > 0 {
      return logits(of: states).crossEntropy(targets: targets, smoothing: smoothing)
    }
    let members = bands.members(targets)
    let choice = states.projectedCrossEntropy(weight: head, targets: choices(targets, members))
    var sums = choice
    for (tail, own) in zip(tails, members.dropFirst()) where !own.rows.isEmpty {
      let narrow = states.rows(at: own.rows).linear(weight: tail.map)
        .droppedOut(pass.dropout(dropout))
      sums.add(
        narrow.projectedCrossEntropy(weight: tail.table, targets: own.symbols), at: own.rows)
    }
    return sums
  }

  /// The logarithm of each target's probability; each band is computed for its own targets only.
  ///
  /// - Parameters:
  ///   - targets: a symbol for each row. `[row]`
  ///   - states: `[row, channel]`
  /// - Returns: `[row]`
  public func logProbabilities(of targets: [Int32], in states: Tensor) -> [Float] {
    let members = bands.members(targets)
    var result = states.linear(weight: head).logSoftmax()
      .elements(at: choices(targets, members)).scalars
    for (tail, own) in zip(tails, members.dropFirst()) where !own.rows.isEmpty {
      let within = states.rows(at: own.rows).linear(weight: tail.map).linear(weight: tail.table)
        .logSoftmax().elements(at: own.symbols).scalars
      for (row, value) in zip(own.rows, within) { result[Int(row)] += value }
    }
    return result
  }

  /// What the head is to choose for each row: the symbol, or its band.
  private func choices(_ targets: [Int32], _ members: [SymbolBands.Members]) -> [Int32] {
    var choices = targets
    for (number, own) in members.dropFirst().enumerated() {
      for row in own.rows { choices[Int(row)] = Int32(bands.ranges[0].count + number) }
    }
    return choices
  }
}
