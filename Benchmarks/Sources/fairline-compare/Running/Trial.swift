/// Programs that do the same work, measured by turns.
struct Trial {
  /// Its name within its comparison.
  var name: String
  /// The work, as the table shows it.
  var title: String
  /// Where it stands on the axis of a growth.
  var x: Double?
  /// What is compared of what was read.
  var rows: [Row]
  var contenders: [Contender]
}

/// One side of a trial.
struct Contender {
  var label: String
  var isPeer = false
  var command: Command
  var reader: Reader
  /// A run before all others that is not timed: for numbers whose reading costs time.
  var probe: Command?
  /// Names of its numbers that are called otherwise in the rows.
  var renames: [String: String] = [:]
  /// A folder that each run makes and that must not be there before.
  var output: String?
}

/// One number of a trial that is compared.
struct Row: Codable {
  /// Its name among the numbers read.
  var key: String
  var title: String
  var unit: String
  /// Whether less is better, as with times.
  var isLess = false
  /// What the number is multiplied with for the table.
  var factor = 1.0
  /// The only peer whose number counts for the ratio; the best of all when nil.
  var against: String?
  /// What is wanted of the ratio.
  var wantedRatio: Double?
  /// What is wanted of the number itself.
  var wantedValue: Double?
  /// What is wanted of a whole update's share of the machine's product rate.
  var wantedShare: Double?
  /// What is wanted of the products' share of the machine's multiply-add peak, while they run.
  var wantedPeakShare: Double?

  static func rate(_ unit: String, ratio: Double? = nil) -> Row {
    Row(key: "rate", title: "", unit: unit, wantedRatio: ratio)
  }

  static func memory(atMost megabytes: Double? = nil) -> Row {
    Row(
      key: "peak_bytes", title: "", unit: "MB", isLess: true, factor: 1e-6,
      wantedValue: megabytes)
  }
}
