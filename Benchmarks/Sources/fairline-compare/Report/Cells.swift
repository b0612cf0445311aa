/// How measured numbers are written in tables.
enum Cells {
  /// A median with the range of the rounds, `4,512 (4,480–4,530)`.
  static func number(_ side: Side?, _ row: Row) -> String {
    guard let side, let median = side.median(row.key) else { return "–" }
    let values = side.values(row.key)
    let middle = Numbers.short(median * row.factor)
    let (low, high) = (
      Numbers.short((values.min() ?? median) * row.factor),
      Numbers.short((values.max() ?? median) * row.factor)
    )
    return low == high ? middle : "\(middle) (\(low)–\(high))"
  }

  /// The most memory that a side had, in MB.
  static func memory(_ side: Side?) -> String {
    side?.median("peak_bytes").map { Numbers.short($0 * 1e-6) } ?? "–"
  }

  /// The ratio, `1.83 ×`.
  static func ratio(_ record: Record, _ row: Row) -> String {
    record.ratio(row).map { Numbers.fixed($0, 2) + " ×" } ?? "–"
  }

  /// What is wanted, and whether it is reached: `1.5 ×: yes`.
  static func wanted(_ checks: [Check]) -> String {
    checks.map { $0.text + ($0.isReached.map { $0 ? ": yes" : ": **no**" } ?? "") }
      .joined(separator: "; ")
  }

  /// A share in percent.
  static func share(_ share: Double?) -> String {
    share.map { Numbers.fixed(100 * $0, 0) + " %" } ?? "–"
  }
}
