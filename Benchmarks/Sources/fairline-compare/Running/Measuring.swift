import Foundation

/// Runs the programs of trials by turns and keeps what they give.
struct Measuring {
  let shop: Workshop
  private var limits: Reading?

  init(shop: Workshop) { self.shop = shop }

  /// Measures a trial: a round runs every program once, A B A B.
  ///
  /// A peer that cannot run is left out with a word about why.
  ///
  /// - Throws: ``CompareError`` when Fairline cannot run.
  mutating func measure(_ trial: Trial, of comparison: String) throws -> Record {
    note("\(comparison): \(trial.title)")
    let rounds = shop.settings.rounds
    var readings: [Int: [Reading]] = [:]
    var (left, busy, probed) = (Set<Int>(), 0.0, [Int: Reading]())
    for (index, contender) in trial.contenders.enumerated() {
      do {
        probed[index] = try probe(contender)
      } catch {
        try leaveOut(contender, error)
        left.insert(index)
      }
    }
    for round in 0..<rounds {
      for (index, contender) in trial.contenders.enumerated() where !left.contains(index) {
        busy = max(busy, Machine.waitUntilIdle(isImpatient: shop.settings.isImpatient))
        do {
          var reading = try read(contender, contender.command)
          for (from, to) in contender.renames { reading[to] = reading[from] }
          reading.merge(probed[index] ?? [:]) { $1 }
          readings[index, default: []].append(reading)
          tell(round, contender, reading, trial)
        } catch {
          try leaveOut(contender, error)
          left.insert(index)
        }
      }
    }
    let sides = trial.contenders.enumerated().compactMap { index, contender in
      readings[index].map {
        Side(
          label: contender.label, isPeer: contender.isPeer, command: shop.shown(contender.command),
          usesHalf: contender.command.arguments.contains("--fp16"), readings: $0)
      }
    }
    let measuresProducts = sides.contains { $0.median("operations") != nil }
    return Record(
      level: shop.settings.level, machine: Machine.description, comparison: comparison,
      trial: trial.name, title: trial.title, x: trial.x, rows: trial.rows,
      sides: sides, date: Self.now, threads: shop.settings.threads,
      limits: measuresProducts ? try machineLimits() : nil, busyShare: busy)
  }

  /// The numbers of products, which a run tells that is not timed.
  private func probe(_ contender: Contender) throws -> Reading? {
    guard let command = contender.probe else { return nil }
    return try read(contender, command).filter {
      ["operations", "products_alone"].contains($0.key)
    }
  }

  /// Goes on without a peer.
  private func leaveOut(_ contender: Contender, _ error: any Error) throws {
    guard contender.isPeer else { throw error }
    note(
      "  \(contender.label) is left out (is --python an interpreter with its libraries?): \(error)")
  }

  private func read(_ contender: Contender, _ command: Command) throws -> Reading {
    if let output = contender.output, FileManager.default.fileExists(atPath: output) {
      try FileManager.default.removeItem(atPath: output)
    }
    return try contender.reader.numbers(try shop.run(command))
  }

  /// What the machine can do, measured once in a session.
  private mutating func machineLimits() throws -> Reading {
    if let limits { return limits }
    _ = Machine.waitUntilIdle(isImpatient: shop.settings.isImpatient)
    let command = shop.bench(["limits", "--threads", "\(shop.settings.threads)"])
    let found = try Reader.json.numbers(try shop.run(command))
    limits = found
    return found
  }

  private func tell(_ round: Int, _ contender: Contender, _ reading: Reading, _ trial: Trial) {
    let numbers = trial.rows.compactMap { row in
      reading[row.key].map { "\(Numbers.short($0 * row.factor)) \(row.unit)" }
    }
    let memory = Numbers.short((reading["peak_bytes"] ?? 0) * 1e-6)
    note(
      "  \(round + 1)/\(shop.settings.rounds) \(contender.label): "
        + "\(numbers.joined(separator: ", ")), "
        + "\(memory) MB, \(Numbers.short(reading["wall_seconds"] ?? 0)) s")
  }

  private static var now: String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "yyyy-MM-dd HH:mm"
    return format.string(from: Date())
  }
}
