/// Learning rates by number, as `{1-3: 0.1, '4,6': 0.05}` writes them: each holds until the next.
package struct RateTable: Equatable, Sendable, TextOptionValue {
  /// Neighbouring numbers with one rate.
  private struct Run: Equatable, Sendable {
    let first: Int
    var last: Int
    let rate: Double
  }

  /// In the order of their numbers.
  private var runs: [Run] = []

  /// Makes a table without rates.
  package init() {}

  /// Whether there are no rates.
  package var isEmpty: Bool { runs.isEmpty }

  /// The rate of the number itself.
  package subscript(number: Int) -> Double? {
    runs.last { $0.first <= number }.flatMap { number <= $0.last ? $0.rate : nil }
  }

  /// The rate of the largest number that is not above this one; nil before the first.
  package func rate(at number: Int) -> Double? { runs.last { $0.first <= number }?.rate }

  /// Reads pairs of keys and rates; a key is a number, a range `1-3`, or several of these in
  /// quotes.
  package init?(optionText: String) {
    var text = optionText[...]
    guard text.first == "{", text.last == "}" else { return nil }
    text = text.dropFirst().dropLast()
    var rates: [Int: Double] = [:]
    while let colon = text.firstIndex(of: ":") {
      let end = Self.end(of: text[text.index(after: colon)...])
      let value = text[text.index(after: colon)..<end].filter { $0 != " " }
      guard let rate = Double(optionText: value), rate >= 0, rate.isFinite,
        let numbers = Self.numbers(text[..<colon])
      else { return nil }
      for number in numbers { rates[number] = rate }
      text = end == text.endIndex ? "" : text[text.index(after: end)...]
    }
    guard text.allSatisfy({ $0 == " " }) else { return nil }
    for (number, rate) in rates.sorted(by: { $0.key < $1.key }) {
      if let run = runs.last, run.last + 1 == number, run.rate == rate {
        runs[runs.count - 1].last = number
      } else {
        runs.append(Run(first: number, last: number, rate: rate))
      }
    }
  }

  /// Where a value ends: at the next comma.
  private static func end(of text: Substring) -> Substring.Index {
    text.firstIndex(of: ",") ?? text.endIndex
  }

  private static func numbers(_ key: Substring) -> [Int]? {
    var numbers: [Int] = []
    let bare = key.filter { !" '\"".contains($0) }
    for part in bare.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        first <= last, last - first < 1_000_000
      else { return nil }
      numbers += first...last
    }
    return numbers
  }

  /// The table with a pair for each run of numbers.
  package var optionText: String {
    let pairs = runs.map { run in
      (run.first == run.last ? "\(run.first)" : "\(run.first)-\(run.last)")
        + ": \(run.rate.optionText)"
    }
    return "{" + pairs.joined(separator: ", ") + "}"
  }

  /// A table of rates.
  package static var optionExpectation: String { "a table of rates such as '{1-3: 0.1, 4: 0.05}'" }
  /// `TABLE`.
  package static var optionPlaceholder: String { "TABLE" }
}
