import Fairline

/// The numbers of all rows as texts, for both forms of the report.
struct ResultTable {
  /// One line.
  struct Line {
    let row: StudyRow
    let cells: [String]
    /// Whether the model has the fewest bits of its group among rows with as many updates.
    let isBest: Bool
  }

  /// The headings behind the row's name.
  static let headings = [
    "updates", "valid bits", "vs classic 1+1", "BLEU", "encoder fwd / bwd", "decoder fwd / bwd",
    "fine solve", "time", "target tokens/s", "× classic 1+1", "memory", "parameters",
  ]

  /// What the headings mean, for the reader.
  static let legend =
    "Valid bits: negative log-likelihood per target symbol of the validation set, base 2. Vs "
    + "classic 1+1: the difference after as many updates. Fwd / bwd: evaluations of the field per "
    + "solve and vector-Jacobian products backward, averaged over the last tenth of updates. Fine "
    + "solve: evaluations of both sides that adaptive dopri5 at tolerance "
    + "\(NumberText.general(RowMeasurement.auditTolerance)) needs in the trained model, and how "
    + "the bits change. Time and tokens: training only. × classic 1+1: processor time of training "
    + "per target symbol. Memory: the most tensor memory in use while training."

  let results: StudyResults

  /// The lines of each group that has some.
  var groups: [(group: StudyRow.Group, lines: [Line])] {
    StudyRow.Group.allCases.map { ($0, lines($0)) }.filter { !$0.lines.isEmpty }
  }

  private func lines(_ group: StudyRow.Group) -> [Line] {
    let rows = results.trainedRows.filter { $0.group == group }
    let full = rows.filter { !$0.isAdaptive }.compactMap { results.bits($0.name) }.min()
    return rows.map { row in
      let isBest = !row.isAdaptive && full != nil && results.bits(row.name) == full
      return Line(row: row, cells: cells(row), isBest: isBest && rows.count > 1)
    }
  }

  private func cells(_ row: StudyRow) -> [String] {
    let name = row.name
    guard let first = results.first(name) else {
      return [results.failure(name) ?? "–"] + Self.headings.dropFirst().map { _ in "–" }
    }
    func text(_ value: Double?, _ write: (Double) -> String) -> String { value.map(write) ?? "–" }
    let gap = name == "classic-1" ? nil : results.gap(name, over: "classic-1")
    return [
      String(first.updates),
      text(results.bits(name)) { NumberText.fixed($0, 3) },
      text(gap) { Wording.signed($0, digits: 3) },
      text(results.mean(name) { $0.translation?.bleu }) { NumberText.fixed($0, 1) },
      evaluations(name, \.encoderForward, \.encoderBackward),
      evaluations(name, \.decoderForward, \.decoderBackward),
      fine(name),
      text(results.mean(name) { $0.seconds }, Wording.duration),
      text(results.mean(name) { $0.speed }) { NumberText.grouped(Int($0.rounded())) },
      text(results.slowdown(name, over: "classic-1"), Wording.times),
      text(results.mean(name) { Double($0.memory) }, Wording.memory),
      NumberText.grouped(first.parameters),
    ]
  }

  private func evaluations(
    _ name: String, _ forward: KeyPath<Curves, [Double]>, _ backward: KeyPath<Curves, [Double]>
  ) -> String {
    func last(_ curve: KeyPath<Curves, [Double]>) -> Double? {
      results.mean(name) { Curves.ends(of: $0.curves[keyPath: curve])?.last }
    }
    guard let forth = last(forward) else { return "–" }
    return "\(Wording.count(forth)) / \(last(backward).map(Wording.count) ?? "0")"
  }

  private func fine(_ name: String) -> String {
    guard let count = results.fineEvaluations(name),
      let drift = results.mean(name, { $0.audit.map { $0.fine.bits - $0.own.bits } })
    else { return "–" }
    return "\(Wording.count(count)) (\(Wording.signed(drift, digits: 3)))"
  }
}
