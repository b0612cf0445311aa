import Foundation

/// A comparison, or one row of it.
struct Choice {
  let comparison: Comparison
  /// The only trial to measure; all when nil.
  let trial: String?

  /// What words of the command line name: `all`, `core`, comparisons, `comparison/row`.
  ///
  /// - Throws: ``CompareError`` for an unknown comparison.
  static func of(_ words: [String]) throws -> [Choice] {
    try words.flatMap { word -> [Choice] in
      switch word {
      case "all": return Comparison.all.map { Choice(comparison: $0, trial: nil) }
      case "core":
        return Comparison.all.filter(\.isCore).map { Choice(comparison: $0, trial: nil) }
      default:
        let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
        guard let found = Comparison.all.first(where: { $0.name == parts.first }) else {
          let known = Comparison.all.map(\.name).joined(separator: ", ")
          throw CompareError("no comparison is named '\(word)'; known: \(known)", isUsage: true)
        }
        return [Choice(comparison: found, trial: parts.count > 1 ? parts[1] : nil)]
      }
    }
  }

  /// The trials to measure.
  ///
  /// - Throws: ``CompareError`` for an unknown row, or when a file is missing.
  func trials(_ shop: Workshop) throws -> [Trial] {
    let all = try comparison.trials(shop)
    guard let trial else { return all }
    let some = all.filter { $0.name == trial }
    guard !some.isEmpty else {
      let known = all.map(\.name).joined(separator: ", ")
      throw CompareError(
        "\(comparison.name) has no row '\(trial)'; known: \(known)", isUsage: true)
    }
    return some
  }
}

extension Comparison {
  /// Prints all comparisons, with what they need and how long they take.
  static func list() {
    for comparison in all {
      let needs =
        comparison.needs.isEmpty ? "" : "; needs \(comparison.needs.joined(separator: ", "))"
      print(
        comparison.name.padding(toLength: 18, withPad: " ", startingAt: 0) + comparison.summary
          + "; about \(Numbers.short(comparison.minutes)) min" + needs)
    }
    let core = all.filter(\.isCore)
    let names = core.map(\.name).joined(separator: ", ")
    let minutes = (core.reduce(0) { $0 + $1.minutes }, all.reduce(0) { $0 + $1.minutes })
    print(
      "core (\(names)): about \(Int(minutes.0.rounded(.up))) min; "
        + "all: about \(Int(minutes.1)) min; with five rounds on two idle cores")
  }
}
