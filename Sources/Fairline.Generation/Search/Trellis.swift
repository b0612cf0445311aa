/// All prefixes of a search as one tree: a prefix is the path from a node to the root.
struct Trellis {
  /// The parent of first symbols.
  static let root: Int32 = -1

  private var symbols: [Int32] = []
  private var parents: [Int32] = []
  private var scores: [Float] = []
  private var weights: [[Float]] = []

  /// Adds a symbol behind a node.
  ///
  /// - Parameters:
  ///   - score: the sum of the prefix's scores, this symbol included.
  ///   - attention: the weights over the source that predicted the symbol; nil when not wanted.
  mutating func add(
    _ symbol: Int32, behind parent: Int32, score: Float, attention: [Float]?
  ) -> Int32 {
    symbols.append(symbol)
    parents.append(parent)
    scores.append(score)
    if let attention { weights.append(attention) }
    return Int32(symbols.count - 1)
  }

  /// The symbol of a node.
  func symbol(_ node: Int32) -> Int32 { symbols[Int(node)] }

  /// The symbols from the beginning to a node.
  func prefix(to node: Int32) -> [Int32] { path(to: node).map { symbols[$0] } }

  /// The output that ends in a node, whose score is left as the plain sum.
  func hypothesis(endingIn node: Int32) -> Hypothesis {
    let path = path(to: node)
    var before: Float = 0
    let positional = path.map { place in
      defer { before = scores[place] }
      return scores[place] - before
    }
    return Hypothesis(
      tokens: path.map { symbols[$0] }, score: before, positionalScores: positional,
      attention: weights.isEmpty ? nil : path.map { weights[$0] })
  }

  private func path(to node: Int32) -> [Int] {
    var result: [Int] = []
    var place = node
    while place != Self.root {
      result.append(Int(place))
      place = parents[Int(place)]
    }
    result.reverse()
    return result
  }
}
