/// Text made of a few words, the same in every run.
enum MadeText {
  static let words = [
    "the", "a", "dog", "cat", "house", "träume", "läuft", "garden", "blue", "red", "walks",
    "sleeps", "under", "over", "water", "window", "wind", "door", "日本", "語", "naïve", "running",
  ]

  static func lines(_ count: Int, seed: UInt64) -> [String] {
    var numbers = Numbers(seed)
    return (0..<count).map { _ in
      let length = numbers.next(below: 12)
      return (0..<length).map { _ in
        words[min(numbers.next(below: words.count), numbers.next(below: words.count))]
      }.joined(separator: " ")
    }
  }

  static func text(_ count: Int, seed: UInt64) -> String {
    lines(count, seed: seed).map { $0 + "\n" }.joined()
  }
}
