import CFairlineKernels

/// The loss of one batch: a differentiable sum, and what is reported beside it.
public struct CrossEntropy {
  /// The sum over tokens of the smoothed loss, in nats. `[1]`
  public private(set) var loss: Tensor
  /// The same sum in double precision.
  public private(set) var lossSum: Double
  /// The sum over tokens of the negative log-likelihood, in nats.
  public private(set) var negativeLogLikelihood: Double
  /// Which tokens were predicted exactly. `[token]`
  private var hits: [Bool]

  /// How many tokens were predicted exactly.
  public var correct: Int { hits.count { $0 } }

  init(loss: Tensor, lossSum: Double, negativeLogLikelihood: Double, hits: [Bool]) {
    self.loss = loss
    self.lossSum = lossSum
    self.negativeLogLikelihood = negativeLogLikelihood
    self.hits = hits
  }

  /// Adds a further choice that some of the tokens take; exact are those that are in both.
  ///
  /// - Parameter rows: the tokens. `[token of the choice]`
  mutating func add(_ choice: CrossEntropy, at rows: [Int32]) {
    loss = loss + choice.loss
    lossSum += choice.lossSum
    negativeLogLikelihood += choice.negativeLogLikelihood
    for (row, isHit) in zip(rows, choice.hits) where !isHit { hits[Int(row)] = false }
  }
}

extension Tensor {
  /// The label-smoothed cross-entropy of rows of logits, as fairseq defines it.
  ///
  /// With V symbols and `each = smoothing / (V - 1)`, a token costs `(1 - smoothing - each)` times
  /// its negative log-likelihood plus `each` times the sum over the vocabulary of the negative
  /// log-probabilities.
  ///
  /// - Parameter targets: the right symbol of each row; negative ones count nothing. `[token]`
  /// - Returns: sums over the tokens of this tensor `[token, vocabulary]`.
  public func crossEntropy(targets: [Int32], smoothing: Float = 0) -> CrossEntropy {
    let work = copied()
    var sums = CrossEntropySums(rows: shape.rows)
    sums.run(work, targets: targets[...], first: 0, smoothing: smoothing, gradient: node != nil)
    guard let node else { return sums.result(Tensor(Float(sums.loss))) }
    let loss = node.tape.record(Tensor(Float(sums.loss))) { gradient in
      node.accumulate(work.scaled(by: gradient.pointer[0]))
    }
    return sums.result(loss)
  }

  /// The cross-entropy of the logits `self · weightᵀ`, which never exist all at once.
  ///
  /// Rows are taken in chunks; each chunk's logits become their own gradient in place.
  ///
  /// - Parameters:
  ///   - weight: the output projection. `[vocabulary, channel]`
  ///   - bias: what is added to its result, nil for nothing. `[vocabulary]`
  ///   - targets: the right symbol of each row; negative ones count nothing. `[token]`
  /// - Returns: sums over the tokens of this tensor `[token, channel]`.
  public func projectedCrossEntropy(
    weight: Tensor, bias: Tensor? = nil, targets: [Int32], smoothing: Float = 0
  ) -> CrossEntropy {
    let (rows, channels, vocabulary) = (shape.rows, shape.columns, weight.shape[0])
    precondition(weight.shape[1] == channels, "a projection \(weight.shape) cannot take \(shape)")
    precondition(targets.count == rows, "\(targets.count) targets for \(rows) rows")
    let (x, w) = (detached, weight.detached)
    let tape = (node ?? weight.node ?? bias?.node)?.tape
    let shift = bias?.detached
    let biasGradient = bias?.node == nil ? nil : Tensor.zeros([vocabulary])
    let chunk = min(max(rows, 1), 256)
    let logits = Tensor(uninitialized: [chunk, vocabulary])
    let inputGradient = node == nil ? nil : Tensor(uninitialized: shape)
    let weightGradient = weight.node == nil ? nil : Tensor(uninitialized: weight.shape)
    var sums = CrossEntropySums(rows: rows)
    let maps = ProjectionMaps(w, rows: rows, isTraining: node != nil)
    for first in stride(from: 0, to: rows, by: chunk) {
      let size = min(chunk, rows - first)
      let part = x.viewed(as: [size, channels], advancedBy: first * channels)
      maps.logits(logits, of: part, rows: size)
      if let shift { logits.add(shift, rows: size) }
      sums.run(
        logits.viewed(as: [size, vocabulary]), targets: targets[first..<(first + size)],
        first: first, smoothing: smoothing, gradient: tape != nil)
      if let inputGradient {
        maps.inputGradient(inputGradient.matrix().rows(from: first), of: logits, rows: size)
      }
      if let weightGradient {
        MatrixProduct.run(
          weightGradient.matrix(), logits.matrix(transposed: true), part.matrix(),
          m: vocabulary, n: channels, k: size, keep: first == 0 ? 0 : 1, as: .outputProjection)
      }
      if let biasGradient {
        LinearGradient.addColumnSums(
          of: logits.viewed(as: [size, vocabulary]), columns: vocabulary, to: biasGradient)
      }
    }
    guard let tape else { return sums.result(Tensor(Float(sums.loss))) }
    let (inputNode, weightNode, biasNode) = (node, weight.node, bias?.node)
    let loss = tape.record(Tensor(Float(sums.loss))) { gradient in
      let factor = gradient.pointer[0]
      if let inputNode, let inputGradient {
        inputNode.accumulate(factor == 1 ? inputGradient : inputGradient.scaled(by: factor))
      }
      if let weightNode, let weightGradient, rows > 0 {
        weightNode.accumulate(factor == 1 ? weightGradient : weightGradient.scaled(by: factor))
      }
      if let biasNode, let biasGradient { biasNode.accumulate(biasGradient.scaled(by: factor)) }
    }
    return withExtendedLifetime((x, w)) { sums.result(loss) }
  }
}

extension Tensor {
  /// Adds a row to the first rows of this tensor, which nobody else uses.
  fileprivate func add(_ row: Tensor, rows: Int) {
    Parallel.rows(rows, columns: row.count) { range in
      for place in range {
        let start = pointer + place * row.count
        fl_add(start, start, row.pointer, Int64(row.count))
      }
    }
  }
}

/// The products of an output projection with chunks of rows; its weight is packed once for all of
/// them.
private struct ProjectionMaps {
  private let weight: Tensor
  private let forward: RightOperand?
  private let backward: RightOperand?

  init(_ weight: Tensor, rows: Int, isTraining: Bool) {
    self.weight = weight
    let (vocabulary, channels) = (weight.shape[0], weight.shape[1])
    let pays = BlockedProduct.pays(
      m: rows, n: min(vocabulary, channels), k: min(vocabulary, channels))
    forward =
      pays
      ? RightOperand(weight.matrix(transposed: true), n: vocabulary, k: channels, rows: rows) : nil
    backward =
      pays && isTraining
      ? RightOperand(weight.matrix(), n: channels, k: vocabulary, rows: rows) : nil
  }

  /// Computes `logits = part weightᵀ`.
  func logits(_ logits: Tensor, of part: Tensor, rows: Int) {
    product(
      logits.matrix(), part.matrix(), forward, weight.matrix(transposed: true), rows,
      weight.shape[0], weight.shape[1])
  }

  /// Computes `gradient = logits weight`.
  func inputGradient(_ gradient: Matrix, of logits: Tensor, rows: Int) {
    product(
      gradient, logits.matrix(), backward, weight.matrix(), rows, weight.shape[1], weight.shape[0])
  }

  private func product(
    _ c: Matrix, _ a: Matrix, _ packed: RightOperand?, _ b: Matrix, _ m: Int, _ n: Int, _ k: Int
  ) {
    guard let packed else {
      MatrixProduct.run(c, a, b, m: m, n: n, k: k, as: .outputProjection)
      return
    }
    Profile.measure(.outputProjection, operations: 2 * Double(m) * Double(n) * Double(k)) {
      BlockedProduct.run(c, a, packed, m: m, adds: false)
    }
  }
}

/// Sums of a cross-entropy over chunks of rows, added in a fixed order.
private struct CrossEntropySums {
  private(set) var loss = 0.0
  private(set) var negativeLogLikelihood = 0.0
  private var hits: [Bool] = []
  private let values: Tensor
  private let rows: Int

  init(rows: Int) {
    self.rows = rows
    values = Tensor(uninitialized: [2, max(rows, 1)])
  }

  /// Adds the rows of `logits`, which become their own gradient when asked.
  mutating func run(
    _ logits: Tensor, targets: ArraySlice<Int32>, first: Int, smoothing: Float, gradient: Bool
  ) {
    let (size, columns) = (logits.shape.rows, logits.shape.columns)
    for target in targets {
      precondition(Int(target) < columns, "symbol \(target) is outside \(columns) logits")
    }
    var best = [Int32](repeating: 0, count: size)
    let (losses, likelihoods) = (values.pointer + first, values.pointer + rows + first)
    targets.withUnsafeBufferPointer { targets in
      best.withUnsafeMutableBufferPointer { best in
        nonisolated(unsafe) let (targets, best) = (targets.baseAddress, best.baseAddress)
        let begun = Profile.begin()
        defer { Profile.end(.crossEntropy, begun) }
        Parallel.rows(size, columns: columns) { range in
          let row = range.lowerBound
          fl_cross_entropy(
            logits.pointer + row * columns, targets.map { $0 + row }, Int64(range.count),
            Int64(columns), smoothing, gradient, losses + row, likelihoods + row,
            best.map { $0 + row })
        }
      }
    }
    loss += fl_sum(losses, Int64(size))
    negativeLogLikelihood += fl_sum(likelihoods, Int64(size))
    hits += zip(best, targets).map { $0 == $1 }
  }

  func result(_ loss: Tensor) -> CrossEntropy {
    CrossEntropy(
      loss: loss, lossSum: self.loss, negativeLogLikelihood: negativeLogLikelihood, hits: hits)
  }
}
