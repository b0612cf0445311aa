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

  /// Megabytes of both sides, `482 / 1,210`.
  static func memory(_ record: Record, _ row: Row) -> String {
    [record.fairline, record.peer(for: row)].map { side in
      side?.median("peak_bytes").map { Numbers.short($0 * 1e-6) } ?? "–"
    }.joined(separator: " / ")
  }

  /// The ratio, `1.83 ×`.
  static func ratio(_ record: Record, _ row: Row) -> String {
    record.ratio(row).map { Numbers.fixed($0, 2) + " ×" } ?? "–"
  }

  /// What is wanted, and whether it is reached.
  static func wanted(_ record: Record, _ row: Row) -> String {
    record.checks(row).map { check in
      check.text + (check.isReached.map { $0 ? ": reached" : ": **not reached**" } ?? "")
    }.joined(separator: "; ")
  }

  /// The product rate of an update and its shares of what the machine can do.
  static func products(_ record: Record) -> String {
    guard let products = record.products else { return "" }
    let shares = [
      products.ofPeak.map { Numbers.fixed(100 * $0, 0) + " % of peak" },
      products.ofProducts.map { Numbers.fixed(100 * $0, 0) + " % of products" },
      record.productsAloneOfPeak.map { Numbers.fixed(100 * $0, 0) + " % of peak while they run" },
    ].compactMap(\.self)
    return "\(Numbers.short(products.rate)) GF/s"
      + (shares.isEmpty ? "" : ": " + shares.joined(separator: ", "))
  }
}
