/// The edit distance from sentences to one reference, near the diagonal, with the preferences of
/// tercom and sacreBLEU among equal paths.
struct EditDistance {
  /// One step of turning a sentence into the reference.
  enum Step: UInt8 {
    /// A word stays.
    case keep
    /// A word becomes another.
    case substitute
    /// A word of the reference is put in.
    case insert
    /// A word is taken out.
    case delete
  }

  /// Words to the left and right of the diagonal that are looked at.
  private static let beam = 25
  /// More than any distance.
  private static let unreachable = Int32.max / 2

  private let reference: [Int32]

  init(to reference: [Int32]) { self.reference = reference }

  /// The number of edits of a sentence, and the steps from its beginning.
  func path(from words: [Int32]) -> (distance: Int, steps: [Step]) {
    let table = Table(words, reference)
    var steps: [Step] = []
    var (row, column) = (words.count, reference.count)
    while row > 0 || column > 0 {
      let step = table.steps[table.place(row, column)]
      steps.append(step)
      if step != .insert { row -= 1 }
      if step != .delete { column -= 1 }
    }
    return (table.distance, steps.reversed())
  }

  /// The number of edits of a sentence.
  func callAsFunction(_ words: [Int32]) -> Int { Table(words, reference).distance }

  /// The distances of all beginnings of a sentence, in rows, to those of the reference.
  private struct Table {
    private(set) var costs: [Int32]
    private(set) var steps: [Step]
    private let width: Int

    var distance: Int { Int(costs[costs.count - 1]) }

    func place(_ row: Int, _ column: Int) -> Int { row * width + column }

    init(_ words: [Int32], _ reference: [Int32]) {
      width = reference.count + 1
      costs = [Int32](repeating: EditDistance.unreachable, count: (words.count + 1) * width)
      steps = [Step](repeating: .insert, count: costs.count)
      for column in 0..<width { costs[column] = Int32(column) }
      let slope = words.isEmpty ? 1 : Double(reference.count) / Double(words.count)
      let half = slope / 2
      let beam =
        Double(EditDistance.beam) < half
        ? Int((half + Double(EditDistance.beam)).rounded(.up)) : EditDistance.beam
      for row in 0..<words.count {
        let diagonal = Int(Double(row + 1) * slope)
        let last = row + 1 == words.count ? width : min(width, diagonal + beam)
        for column in max(0, diagonal - beam)..<max(last, max(0, diagonal - beam)) {
          fill(row + 1, column, words[row], reference)
        }
      }
    }

    /// The cheapest way to a place: keep or substitute, delete, insert, the first of equal ones.
    private mutating func fill(
      _ row: Int, _ column: Int, _ word: Int32, _ reference: [Int32]
    ) {
      let (here, above) = (row * width + column, (row - 1) * width + column)
      var (cost, step) = (costs[above] + 1, Step.delete)
      if column > 0 {
        let isSame = word == reference[column - 1]
        let diagonal = costs[above - 1] + (isSame ? 0 : 1)
        if diagonal <= cost { (cost, step) = (diagonal, isSame ? .keep : .substitute) }
        if costs[here - 1] + 1 < cost { (cost, step) = (costs[here - 1] + 1, .insert) }
      }
      (costs[here], steps[here]) = (cost, step)
    }
  }
}
