/// Something that is asked of a row, and whether it is reached.
struct Check {
  /// What is asked, such as `1.5 ×`.
  var text: String
  /// What was measured of it.
  var measured: String
  /// Nil when it could not be measured.
  var isReached: Bool?
  /// Whether it is about the matrix products of an update, which have a table of their own.
  var isOfProducts = false
}

extension Record {
  /// All that is asked of a row.
  func checks(_ row: Row) -> [Check] {
    [
      row.wantedRatio.map { wanted in
        Check(
          text: "\(Numbers.fixed(wanted, 1)) ×", measured: Cells.ratio(self, row),
          isReached: ratio(row).map { $0 >= wanted })
      },
      row.wantedValue.map { wanted in
        let value = fairline?.median(row.key).map { $0 * row.factor }
        return Check(
          text: "\(row.isLess ? "≤" : "≥") \(Numbers.short(wanted)) \(row.unit)",
          measured: Numbers.short(value ?? .nan),
          isReached: value.map { row.isLess ? $0 <= wanted : $0 >= wanted })
      },
      share(row.wantedShare, products?.ofProducts, "of products"),
      share(row.wantedPeakShare, productsAloneOfPeak, "of peak alone"),
    ].compactMap(\.self)
  }

  private func share(_ wanted: Double?, _ share: Double?, _ of: String) -> Check? {
    wanted.map { wanted in
      Check(
        text: "\(Numbers.fixed(100 * wanted, 0)) % \(of)",
        measured: share.map { Numbers.fixed(100 * $0, 0) + " %" } ?? "–",
        isReached: share.map { $0 >= wanted }, isOfProducts: true)
    }
  }

  /// What falls short, as sentences.
  var shortfalls: [String] {
    rows.flatMap { row in
      checks(row).filter { $0.isReached != true }.map { check in
        let name = "\(comparison)/\(trial)" + (row.title.isEmpty ? "" : " (\(row.title))")
        return check.isReached == nil
          ? "\(name): \(check.text) is asked for and was not measured"
          : "\(name): \(check.measured) where \(check.text) is asked for"
      }
    }
  }
}
