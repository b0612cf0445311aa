import Fairline

/// How numbers are written in sentences and tables.
enum Wording {
  /// Bits with two decimals: `4.37`.
  static func bits(_ value: Double) -> String { NumberText.fixed(value, 2) }

  /// A difference with its sign: `+0.12`.
  static func signed(_ value: Double, digits: Int = 2) -> String {
    let text = NumberText.fixed(abs(value), digits)
    return (value < 0 ? "−" : "+") + text
  }

  /// A factor: `13×`, `1.4×`.
  static func times(_ value: Double) -> String {
    NumberText.fixed(value, value < 9.95 ? 1 : 0) + "×"
  }

  /// A count that may be an average: `4`, `17.3`.
  static func count(_ value: Double) -> String {
    abs(value - value.rounded()) < 0.05
      ? NumberText.fixed(value, 0) : NumberText.fixed(value, 1)
  }

  /// A time: `48 s`, `12 min`, `1 h 05 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "?" }
    if seconds < 99.5 { return "\(Int(seconds.rounded())) s" }
    let minutes = Int((seconds / 60).rounded())
    if minutes < 100 { return "\(minutes) min" }
    let rest = minutes % 60
    return "\(minutes / 60) h \(rest < 10 ? "0" : "")\(rest) min"
  }

  /// Bytes in mebibytes.
  static func memory(_ bytes: Double) -> String { NumberText.fixed(bytes / 1_048_576, 0) + " MiB" }

  /// A sentence for each of some rows: its title, and what is known of it.
  static func sentences(
    _ s: StudyResults, _ names: [String], _ text: (_ name: String) -> String?
  ) -> [String] {
    names.compactMap { name in
      guard let row = s.row(name), let text = text(name) else { return nil }
      return "\(row.title)\(text)"
    }
  }

  /// A row's bits beside another's after as many updates.
  static func comparison(_ s: StudyResults, _ name: String, with other: String) -> String? {
    guard let row = s.row(name), let theirs = s.row(other), let gap = s.gap(name, over: other),
      let updates = s.first(name)?.updates, let bits = s.bits(name, at: updates)
    else { return nil }
    return "\(row.title): \(Self.bits(bits)) bits after \(updates) updates, \(signed(gap)) against "
      + "\(theirs.title)."
  }
}
