/// The greedy search for shifts of phrases that bring a sentence nearer to a reference, as tercom
/// and sacreBLEU make it.
struct WordShifts {
  private static let longest = 10
  private static let farthest = 50
  /// Shifts tried for one sentence at most.
  private static let limit = 1000

  private let reference: [Int32]
  private let distance: EditDistance
  private var tried = 0

  init(to reference: [Int32]) {
    self.reference = reference
    distance = EditDistance(to: reference)
  }

  /// The number of shifts and further edits from a sentence to the reference.
  static func edits(from words: [Int32], to reference: [Int32]) -> Int {
    if reference.isEmpty { return words.count }
    var search = WordShifts(to: reference)
    var words = words
    var shifts = 0
    while let better = search.bestShift(of: words) {
      // The search that reaches the limit of shifts to try is not followed any more.
      if search.tried >= limit { break }
      words = better
      shifts += 1
    }
    return shifts + search.distance(words)
  }

  /// A shift, by rank: the edits it saves, its length, and how early it takes words from and puts
  /// them to.
  private struct Candidate: Comparable {
    let saved: Int
    let length: Int
    let start: Int
    let target: Int

    static func < (a: Candidate, b: Candidate) -> Bool {
      (a.saved, a.length, -a.start, -a.target) < (b.saved, b.length, -b.start, -b.target)
    }
  }

  /// The sentence after the best of all shifts; nil when none saves an edit.
  private mutating func bestShift(of words: [Int32]) -> [Int32]? {
    let (before, steps) = distance.path(from: words)
    let alignment = Alignment(steps)
    var best: Candidate?
    search: for (start, place, length) in matches(words) {
      guard alignment.isWrong(words: start..<start + length),
        alignment.isWrong(reference: place..<place + length),
        !(start..<start + length).contains(alignment.words[place])
      else { continue }
      var last = -1
      for offset in -1..<length {
        let target = place + offset < 0 ? 0 : alignment.words[place + offset] + 1
        if target == last { continue }
        last = target
        let moved = Self.moving(words, start: start, length: length, to: target)
        let candidate = Candidate(
          saved: before - distance(moved), length: length, start: start, target: target)
        tried += 1
        if best.map({ candidate > $0 }) ?? true { best = candidate }
      }
      if tried >= Self.limit { break search }
    }
    guard let best, best.saved > 0 else { return nil }
    return Self.moving(words, start: best.start, length: best.length, to: best.target)
  }

  /// Phrases of the sentence that stand in the reference too, all beginnings of each.
  private func matches(_ words: [Int32]) -> [(start: Int, place: Int, length: Int)] {
    var result: [(Int, Int, Int)] = []
    for start in words.indices {
      for place in reference.indices where abs(place - start) <= Self.farthest {
        var length = 0
        while length < Self.longest, start + length < words.count,
          place + length < reference.count, words[start + length] == reference[place + length]
        {
          length += 1
          result.append((start, place, length))
        }
      }
    }
    return result
  }

  /// The words with a phrase taken out and put before what stood at `target`; within the phrase,
  /// counted from its end.
  private static func moving(
    _ words: [Int32], start: Int, length: Int, to target: Int
  ) -> [Int32] {
    let end = start + length
    let phrase = words[start..<end]
    if target < start {
      return Array(words[..<target] + phrase + words[target..<start] + words[end...])
    }
    let place = target > end ? target : min(length + target, words.count)
    return Array(words[..<start] + words[end..<place] + phrase + words[place...])
  }
}

/// Which words of a sentence stand for which of the reference.
private struct Alignment {
  /// For each word of the reference the place in the sentence.
  private(set) var words: [Int] = []
  /// How many of the sentence's first words are wrong, for each number of them.
  private var wrongWords = [0]
  private var wrongReference = [0]

  init(_ steps: [EditDistance.Step]) {
    var word = -1
    for step in steps {
      if step != .insert {
        word += 1
        wrongWords.append(wrongWords[wrongWords.count - 1] + (step == .keep ? 0 : 1))
      }
      if step != .delete {
        words.append(word)
        wrongReference.append(wrongReference[wrongReference.count - 1] + (step == .keep ? 0 : 1))
      }
    }
  }

  func isWrong(words range: Range<Int>) -> Bool {
    wrongWords[range.upperBound] > wrongWords[range.lowerBound]
  }

  func isWrong(reference range: Range<Int>) -> Bool {
    wrongReference[range.upperBound] > wrongReference[range.lowerBound]
  }
}
