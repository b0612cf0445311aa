import Foundation

/// Numbers that a program gave, by name; the contract's names are `rate`, `peak_bytes` and
/// `first_seconds`.
typealias Reading = [String: Double]

/// Finds the numbers in what a program wrote.
enum Reader {
  /// A line of JSON at the end of the output.
  case json
  /// The log of `fairline-train` as JSON, a line for each update.
  case trainingLog
  /// The closing lines of `fairline-generate`.
  case generation
  /// The same, read as milliseconds for each sentence.
  case latency
  /// Nothing: time and memory of the process are enough.
  case process

  /// The numbers of a program that has ended, with its time and memory.
  func numbers(_ ended: Ended) throws -> Reading {
    var reading: Reading
    switch self {
    case .json: reading = try Self.json(ended.output)
    case .trainingLog: reading = try Self.trainingLog(ended.errors + "\n" + ended.output)
    case .generation: reading = try Self.generation(ended.errors + "\n" + ended.output)
    case .latency:
      reading = try Self.inMilliseconds(Self.generation(ended.errors + "\n" + ended.output))
    case .process: reading = [:]
    }
    reading["wall_seconds"] = ended.seconds
    reading["peak_bytes"] = ended.peakBytes
    return reading
  }

  private static func inMilliseconds(_ reading: Reading) -> Reading {
    reading.merging(["milliseconds": 1000 / (reading["rate"] ?? .nan)]) { $1 }
  }

  private static func json(_ output: String) throws -> Reading {
    guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix("{") }) else {
      throw CompareError("no line of JSON was written")
    }
    let members = try members(of: String(line))
    guard !members.isEmpty else { throw CompareError("the last line has no numbers: \(line)") }
    return members
  }

  /// Numbers of an object; texts that are numbers count, as the training log has them.
  private static func members(of line: String) throws -> Reading {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return (object ?? [:]).compactMapValues { value in
      (value as? NSNumber)?.doubleValue ?? (value as? String).flatMap { Double($0) }
    }
  }

  private static func trainingLog(_ log: String) throws -> Reading {
    let updates = try log.split(separator: "\n").filter { $0.contains("train_inner") }
      .compactMap { line in line.firstIndex(of: "{").map { String(line[$0...]) } }
      .map { try members(of: $0) }
    // The first update brings memory into use.
    let later = updates.dropFirst()
    let rates = later.compactMap { $0["wps"] }
    guard !rates.isEmpty else { throw CompareError("the training log has no two updates") }
    var reading: Reading = ["rate": Numbers.median(rates)]
    if let match = log.firstMatch(of: /products of a whole update: ([0-9.]+) GF/),
      let products = Double(match.1)
    {
      let tokens = later.compactMap { $0["wpb"] }.reduce(0, +)
      let seconds = later.compactMap { update in
        update["wpb"].flatMap { tokens in update["wps"].map { tokens / $0 } }
      }.reduce(0, +)
      reading["operations"] = products * 1e9 * seconds / tokens
      reading["products_alone"] = productsAlone(log)
    }
    return reading
  }

  /// The rate of the products while they run, in billions of operations a second: from the lines of
  /// a profile that have one.
  private static func productsAlone(_ log: String) -> Double? {
    let line = /%\s+([0-9.]+)\s+[0-9]+\s+([0-9.]+)\s+[0-9.]+%\s/
    let products = log.matches(of: line).compactMap { match in
      Double(match.1).flatMap { time in Double(match.2).map { (time: time, rate: $0) } }
    }
    let time = products.reduce(0) { $0 + $1.time }
    return time > 0 ? products.reduce(0) { $0 + $1.time * $1.rate } / time : nil
  }

  private static func generation(_ log: String) throws -> Reading {
    guard let match = log.firstMatch(of: /\(([0-9.]+) sentences\/s/), let rate = Double(match.1)
    else { throw CompareError("no line tells how many sentences were translated") }
    var reading: Reading = ["rate": rate]
    if let score = log.firstMatch(of: /BLEU[^=\n]* = ([0-9.]+)/) {
      reading["bleu"] = Double(score.1)
    }
    return reading
  }
}
