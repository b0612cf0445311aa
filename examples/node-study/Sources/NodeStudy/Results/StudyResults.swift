/// All that a study has measured so far, and the questions that reports ask of it.
package struct StudyResults: Sendable {
  /// What the numbers depend on.
  package let plan: StudyPlan
  /// All rows, trained or not, in order.
  package let rows: [StudyRow]
  private let finished: [String: [RowResult]]

  /// Gathers results.
  ///
  /// - Parameter results: of any rows and seeds.
  package init(plan: StudyPlan, results: [RowResult]) {
    self.plan = plan
    rows = StudyRow.all(layers: plan.layers)
    finished = Dictionary(grouping: results, by: \.name).mapValues {
      $0.sorted { $0.seed < $1.seed }
    }
  }

  /// Reads the finished rows of a folder.
  package init(_ folder: ResultFolder, plan: StudyPlan, seeds: [Int]) throws {
    var results: [RowResult] = []
    for row in StudyRow.all() {
      for seed in seeds {
        if let result = try folder.result(row.name, seed: seed) { results.append(result) }
      }
    }
    self.init(plan: plan, results: results)
  }

  /// The rows that have been trained, or have broken off.
  package var trainedRows: [StudyRow] { rows.filter { finished[$0.name] != nil } }

  /// How many seeds the row of the most seeds has.
  package var seeds: Int { finished.values.map(\.count).max() ?? 0 }

  /// The row of a name.
  package func row(_ name: String) -> StudyRow? { rows.first { $0.name == name } }

  /// The results of a row that were trained to the end, by seed.
  package func results(_ name: String) -> [RowResult] {
    (finished[name] ?? []).filter { $0.failure == nil }
  }

  /// The row's result from the first seed, whose curves are drawn.
  package func first(_ name: String) -> RowResult? { results(name).first }

  /// Why the row broke off, when it did.
  package func failure(_ name: String) -> String? {
    finished[name]?.lazy.compactMap(\.failure).first
  }

  /// The mean over seeds of a number; nil when no seed has it.
  package func mean(_ name: String, _ value: (RowResult) -> Double?) -> Double? {
    let values = results(name).compactMap(value)
    return values.isEmpty ? nil : Curves.mean(values)
  }

  /// Validation bits at the end of training, or after some updates.
  package func bits(_ name: String, at update: Int? = nil) -> Double? {
    mean(name) { result in update.map { result.bits(at: $0) } ?? result.bits }
  }

  /// Validation bits of a row less those of another after as many updates.
  package func gap(_ name: String, over other: String) -> Double? {
    guard let updates = first(name)?.updates, let mine = bits(name, at: updates),
      let theirs = bits(other, at: updates)
    else { return nil }
    return mine - theirs
  }

  /// Processor seconds of training per thousand target symbols.
  package func cost(_ name: String) -> Double? {
    mean(name) { $0.curves.tokens > 0 ? 1000 * $0.curves.work / Double($0.curves.tokens) : nil }
  }

  /// The processor time of training per target symbol as a multiple of another row's.
  package func slowdown(_ name: String, over other: String) -> Double? {
    guard let mine = cost(name), let theirs = cost(other), theirs > 0 else { return nil }
    return mine / theirs
  }

  /// Half the largest range of validation bits between seeds.
  package var spread: Double {
    rows.map { row in
      let bits = results(row.name).compactMap(\.bits)
      guard let least = bits.min(), let most = bits.max() else { return 0 }
      return (most - least) / 2
    }.max() ?? 0
  }

  /// Differences in bits up to this count as none: 0.05, or what seeds make where that is more.
  package var margin: Double { max(Self.leastMargin, spread) }
  package static let leastMargin = 0.05

  /// Whether the classic model of one layer has learned to translate at all after some updates.
  package func hasLearned(at update: Int) -> Bool {
    guard let bits = bits("classic-1", at: update) else { return false }
    return bits <= plan.unigramBits - Self.learnedBits
  }
  /// So far below the entropy of symbols must a model be that has learned something.
  package static let learnedBits = 1.5
}
