import Foundation

/// What was measured in a trial, with all that tables and pictures need.
struct Record: Codable {
  /// The instructions that both sides were held to.
  var level: Level
  /// The machine, in words.
  var machine: String
  var comparison: String
  var trial: String
  var title: String
  var x: Double?
  var rows: [Row]
  var sides: [Side]
  /// Day and time of the end.
  var date: String
  var threads: Int
  /// What the machine could do at most, in billions of operations a second, where that was
  /// measured.
  var limits: Reading?
  /// The largest share of the machine that other programs had before a measurement.
  var busyShare: Double

  var fairline: Side? { sides.first { !$0.isPeer } }

  /// The peer whose number counts for a row: the named one, or the best.
  func peer(for row: Row) -> Side? {
    let peers = sides.filter { $0.isPeer && $0.median(row.key) != nil }
    if let name = row.against { return peers.first { $0.label == name } }
    return peers.max { first, second in
      let (a, b) = (first.median(row.key) ?? 0, second.median(row.key) ?? 0)
      return row.isLess ? a > b : a < b
    }
  }

  /// By which factor Fairline is better; above 1 is better, whatever the row counts.
  func ratio(_ row: Row) -> Double? {
    guard let mine = fairline?.median(row.key), let theirs = peer(for: row)?.median(row.key),
      mine > 0, theirs > 0
    else { return nil }
    return row.isLess ? theirs / mine : mine / theirs
  }

  /// Fairline's products in billions of operations a second, and their shares of what the machine
  /// can do.
  var products: (rate: Double, ofPeak: Double?, ofProducts: Double?)? {
    guard let side = fairline, let operations = side.median("operations"),
      let tokens = side.median("rate")
    else { return nil }
    let rate = operations * tokens * 1e-9
    let limit = side.usesHalf ? limits?["half_product_rate"] : limits?["product_rate"]
    return (
      rate, side.usesHalf ? nil : limits?["peak_rate"].map { rate / $0 }, limit.map { rate / $0 }
    )
  }
}

extension Record {
  /// The rate of Fairline's products while they run, by the machine's multiply-add peak.
  var productsAloneOfPeak: Double? {
    guard let side = fairline, !side.usesHalf, let rate = side.median("products_alone") else {
      return nil
    }
    return limits?["peak_rate"].map { rate / $0 }
  }
}

/// One program in a trial.
struct Side: Codable {
  var label: String
  var isPeer: Bool
  /// As one would type it.
  var command: String
  /// Whether its numbers were not measured here but are known from before.
  var isRecorded = false
  var usesHalf = false
  var readings: [Reading]

  /// The values of a number over all rounds.
  func values(_ key: String) -> [Double] { readings.compactMap { $0[key] } }

  /// The median over all rounds; nil when the number was never read.
  func median(_ key: String) -> Double? {
    let values = values(key)
    return values.isEmpty ? nil : Numbers.median(values)
  }
}

/// Everything that was measured, in a file.
struct Results: Codable {
  var records: [Record] = []

  /// Reads a file; nothing was measured when there is none.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else { return }
    do {
      self = try JSONDecoder().decode(Results.self, from: data)
    } catch {
      throw CompareError("\(path) is not what fairline-compare wrote: repair it or take it away")
    }
  }

  /// What was measured at a level.
  func at(_ level: Level) -> Results {
    var some = self
    some.records.removeAll { $0.level != level }
    return some
  }

  /// Puts a record in the place of an older one of the same trial at the same level.
  ///
  /// - Returns: the older one.
  mutating func add(_ record: Record) -> Record? {
    let place = records.firstIndex {
      $0.level == record.level && $0.comparison == record.comparison && $0.trial == record.trial
    }
    guard let place else {
      records.append(record)
      return nil
    }
    defer { records[place] = record }
    return records[place]
  }

  /// The records of a comparison in the order of their axis.
  func of(_ comparison: String) -> [Record] {
    let mine = records.filter { $0.comparison == comparison }
    return mine.enumerated().sorted {
      ($0.element.x ?? 0, $0.offset) < ($1.element.x ?? 0, $1.offset)
    }
    .map(\.element)
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
  }
}
