/// True sentences about numbers and dates in words: made, and judged.
struct Facts {
  private var random: SplitMix64
  private var seen: Set<String> = []

  init(seed: UInt64) { random = SplitMix64(state: seed) }

  /// Sentences that none before was.
  mutating func sentences(_ count: Int) -> [String] {
    var result: [String] = []
    while result.count < count {
      let next = sentence()
      if seen.insert(next).inserted { result.append(next) }
    }
    return result
  }

  private mutating func sentence() -> String {
    let (a, b) = (Int.random(in: 0..<100, using: &random), Int.random(in: 0..<100, using: &random))
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return "\(english(a)) plus \(english(b)) is \(english(a + b))"
    case 1: return "\(english(max(a, b))) minus \(english(min(a, b))) is \(english(abs(a - b)))"
    case 2 where a != b: return "\(english(a)) is \(a > b ? "more" : "less") than \(english(b))"
    default:
      let day = Self.days[Int.random(in: 0..<Self.days.count, using: &random)]
      return "the day after \(Self.text(day)) is \(Self.text((day + 1) % Self.days.count))"
    }
  }

  /// Whether a sentence is true; nil for one of no form that is known here.
  static func isTrue(_ sentence: String) -> Bool? {
    let words = sentence.split(separator: " ").map(String.init)
    if words.starts(with: ["the", "day", "after"]) {
      let parts = words.dropFirst(3).split(separator: "is").map { $0.joined(separator: " ") }
      guard parts.count == 2, let first = dates[parts[0]], let second = dates[parts[1]] else {
        return nil
      }
      return second == (first + 1) % days.count
    }
    func number(_ words: ArraySlice<String>) -> Int? { numbers[words.joined(separator: " ")] }
    if let place = words.firstIndex(of: "than"), place >= 3 {
      guard let a = number(words[..<(place - 2)]), let b = number(words[(place + 1)...]) else {
        return nil
      }
      return words[place - 1] == "more" ? a > b : a < b
    }
    guard let sign = words.firstIndex(where: { ["plus", "minus"].contains($0) }),
      let equals = words.firstIndex(of: "is"), sign < equals,
      let a = number(words[..<sign]), let b = number(words[(sign + 1)..<equals]),
      let c = number(words[(equals + 1)...])
    else { return nil }
    return words[sign] == "plus" ? a + b == c : a - b == c
  }

  private static let numbers = Dictionary(
    uniqueKeysWithValues: (0..<200).map { (english($0), $0) })

  /// The days of a year, counted from 0.
  private static let days = Array(0..<365)

  private static let dates = Dictionary(uniqueKeysWithValues: days.map { (text($0), $0) })

  /// A day as it is spoken, `the third of May`.
  private static func text(_ day: Int) -> String {
    var (rest, month) = (day, 0)
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    while rest >= lengths[month] {
      rest -= lengths[month]
      month += 1
    }
    return "the \(englishOrdinal(rest + 1)) of \(months[month].0)"
  }
}
