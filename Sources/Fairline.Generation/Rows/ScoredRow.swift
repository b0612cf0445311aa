import FairlineData
import FairlineTensor
import Foundation

/// One prefix's logits and what is made of them: logarithms of probabilities, rules and penalties.
public struct ScoredRow {
  /// The logits. `[cell]`
  let logits: UnsafeBufferPointer<Float>
  /// The symbol of each cell, ascending; nil when cells are symbols.
  var symbols: [Int32]?
  /// What logits are multiplied by: one over the temperature.
  let scale: Float
  /// Whether the logits are scores already.
  var holdsScores = false
  /// Whether scores are wanted, or only which symbol is best.
  var isScored = true
  /// What the unknown symbol costs.
  let unknownPenalty: Float
  /// What is allowed.
  let rule: RowRule
  /// Whether what is excluded has no part in the probabilities of the rest.
  var renormalizes = false
  /// Makes the greatest logit exact, some symbols left out; nil where all logits are.
  var sharpen: ((_ excluded: [Int32]) -> Void)?

  /// The number of cells, each of a symbol.
  public var count: Int { logits.count }

  /// Finds the best symbols, best first, with their scores; impossible ones are left out.
  ///
  /// - Returns: how many there are.
  public func best(into cells: CellBuffer) -> Int {
    if let forced = rule.forced { return score(forced, into: cells) }
    var excluded = rule.excluded.compactMap(cell)
    let unknown = unknownPenalty == 0 ? nil : cell(of: Vocabulary.unk)
    let penalized = unknown.flatMap { excluded.contains($0) ? nil : $0 }
    if let penalized { excluded.insertSorted(penalized) }
    sharpen?(excluded)
    var count = RowSearch.best(
      of: logits, excluding: excluded, values: cells.values, cells: cells.symbols)
    guard isScored else { return unscored(cells, count) }
    let base = base(best: count > 0 ? cells.values[0] : -.infinity, excluded)
    for place in 0..<count { cells.values[place] = base.score(cells.values[place]) }
    if let penalized {
      let score = base.score(logits[Int(penalized)]) - unknownPenalty
      count = cells.insert(penalized, score, count: count)
    }
    while count > 0, !(cells.values[count - 1] > -.infinity) { count -= 1 }
    if let symbols {
      for place in 0..<count { cells.symbols[place] = symbols[Int(cells.symbols[place])] }
    }
    return count
  }

  /// The cells found, with scores of 0.
  private func unscored(_ cells: CellBuffer, _ count: Int) -> Int {
    guard count > 0, cells.values[0] > -.infinity else { return 0 }
    for place in 0..<count {
      cells.values[place] = 0
      if let symbols { cells.symbols[place] = symbols[Int(cells.symbols[place])] }
    }
    return count
  }

  /// The cell of a symbol; nil when the row has none.
  private func cell(of symbol: Int32) -> Int32? {
    guard let symbols else { return symbol }
    var (low, high) = (0, symbols.count)
    while low < high {
      let middle = (low + high) / 2
      if symbols[middle] < symbol { low = middle + 1 } else { high = middle }
    }
    return low < symbols.count && symbols[low] == symbol ? Int32(low) : nil
  }

  /// The scores of some symbols; minus infinity for what is not allowed or has no cell.
  ///
  /// - Returns: `[symbol]`
  public func scores(of wanted: [Int32]) -> [Float] {
    let base = base
    return wanted.map { symbol in
      guard rule.allows(symbol), let cell = cell(of: symbol) else { return -.infinity }
      if rule.forced != nil, rule.isFree { return 0 }
      let score = base.score(logits[Int(cell)])
      return symbol == Vocabulary.unk ? score - unknownPenalty : score
    }
  }

  /// The scores of all symbols, for rows whose cells are symbols; minus infinity for what is not
  /// allowed. `[vocabulary]`
  func allScores() -> [Float] {
    let base = base
    var result: [Float]
    if let forced = rule.forced {
      result = [Float](repeating: -.infinity, count: logits.count)
      result[Int(forced)] = rule.isFree ? 0 : base.score(logits[Int(forced)])
    } else {
      result = logits.map(base.score)
      for symbol in rule.excluded { result[Int(symbol)] = -.infinity }
    }
    result[Int(Vocabulary.unk)] -= unknownPenalty
    return result
  }

  /// Turns logits into scores: `scale * (logit - most) - logSum`.
  struct Base {
    let most: Float
    let logSum: Float
    let scale: Float

    /// The logarithm of a probability; minus infinity when it is not a number.
    func score(_ logit: Float) -> Float {
      let score = (logit - most) * scale - logSum
      return score.isNaN ? -.infinity : score
    }
  }

  /// What turns this row's logits into scores.
  var base: Base { base(best: RowSearch.maximum(of: logits), []) }

  private func base(best: Float, _ excluded: [Int32]) -> Base {
    let most = excluded.reduce(best) { max($0, logits[Int($1)]) }
    return renormalizes && !holdsScores ? renormalized(most: most) : base(most: most)
  }

  /// What turns logits into scores when only the symbols that are allowed have probabilities.
  private func renormalized(most: Float) -> Base {
    let whole = base(most: most)
    let cells = rule.excluded.compactMap(cell)
    let share = cells.reduce(Float(0)) { $0 + exp(whole.score(logits[Int($1)])) }
    guard share >= 0.5 else {
      return Base(most: most, logSum: whole.logSum + log1p(-share), scale: scale)
    }
    // Little would be left of the digits of a difference.
    var kept = Array(logits)
    for cell in cells { kept[Int(cell)] = -.infinity }
    return kept.withUnsafeBufferPointer { kept in
      let most = RowSearch.maximum(of: kept)
      return Base(
        most: most, logSum: RowSearch.logSum(of: kept, above: most, scale: scale), scale: scale)
    }
  }

  private func base(most: Float) -> Base {
    if holdsScores { return Base(most: 0, logSum: 0, scale: 1) }
    return Base(
      most: most, logSum: RowSearch.logSum(of: logits, above: most, scale: scale), scale: scale)
  }

  private func score(_ symbol: Int32, into cells: CellBuffer) -> Int {
    guard let cell = cell(of: symbol) else { return 0 }
    var score: Float = rule.isFree || !isScored ? 0 : base.score(logits[Int(cell)])
    if symbol == Vocabulary.unk { score -= unknownPenalty }
    cells.symbols[0] = symbol
    cells.values[0] = score
    return score > -.infinity ? 1 : 0
  }
}
