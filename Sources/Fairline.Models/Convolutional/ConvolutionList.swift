/// The convolutions of a stack as fairseq writes them: an expression of lists of tuples, such as
/// `[(512, 3)] * 9 + [(1024, 3, 0)]`.
///
/// The text is read by a grammar of `+`, `*`, lists, tuples and whole numbers; nothing in it is
/// run.
public struct ConvolutionList: Sendable, Equatable {
  /// One convolution.
  public struct Layer: Sendable, Equatable {
    /// Channels of its result.
    public var channels: Int
    /// How many neighbouring symbols it sees.
    public var width: Int
    /// How many layers before it the state comes from that is added to its result; 0 for none.
    public var residual: Int
  }

  /// The convolutions, first to last.
  public let layers: [Layer]
  /// The text they were written as.
  public let text: String

  /// The most layers of a stack.
  private static let most = 1000

  /// Reads a list; nil when it is none, or has numbers that no convolution has.
  public init?(text: String) {
    var reader = ListReader(text)
    guard let tuples = reader.list() else { return nil }
    var layers: [Layer] = []
    for (place, numbers) in tuples.enumerated() {
      guard numbers.count == 2 || numbers.count == 3, numbers[0] > 0, numbers[1] > 0,
        numbers[0] <= 1_000_000, numbers[1] <= 10_000
      else { return nil }
      let residual = numbers.count == 3 ? numbers[2] : 1
      guard (0...(place + 1)).contains(residual) else { return nil }
      layers.append(Layer(channels: numbers[0], width: numbers[1], residual: residual))
    }
    guard !layers.isEmpty, layers.count <= Self.most else { return nil }
    (self.layers, self.text) = (layers, text)
  }

  /// For each layer, the channels that it reads, and those of the state that is added to its
  /// result; nil where none is.
  var inputs: [(channels: Int, residual: Int?)] {
    var before = [layers[0].channels]
    return layers.map { layer in
      defer { before.append(layer.channels) }
      return (
        before[before.count - 1],
        layer.residual == 0 ? nil : before[before.count - layer.residual]
      )
    }
  }
}

/// Reads expressions of lists, character by character.
struct ListReader {
  private let characters: [Character]
  private var place = 0
  /// The most tuples of an expression, so that products of numbers stay small.
  private static let most = 10_000
  /// How many parentheses and products are open; a text of a million would need a stack as deep.
  private var depth = 0
  private static let deepest = 100

  init(_ text: String) { characters = text.filter { !$0.isWhitespace } }

  /// The tuples of the whole text; nil when it is no such expression.
  mutating func list() -> [[Int]]? {
    let result = sum()
    return place == characters.count ? result : nil
  }

  /// The truth values of a list such as `[True, False]`; nil when it is none.
  mutating func flags() -> [Bool]? {
    guard take("[") else { return nil }
    var result: [Bool] = []
    while !take("]") {
      if !result.isEmpty, !take(",") { return nil }
      if take("]") { break }
      if takeWord("True") {
        result.append(true)
      } else if takeWord("False") {
        result.append(false)
      } else {
        return nil
      }
    }
    return place == characters.count ? result : nil
  }

  private mutating func sum() -> [[Int]]? {
    guard var result = product() else { return nil }
    while take("+") {
      guard let more = product(), result.count + more.count <= Self.most else { return nil }
      result += more
    }
    return result
  }

  private mutating func product() -> [[Int]]? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { return nil }
    if let factor = number() {
      guard take("*"), let list = product() else { return nil }
      return Self.repeated(list, factor)
    }
    guard var result = factor() else { return nil }
    while take("*") {
      guard let count = number(), let more = Self.repeated(result, count) else { return nil }
      result = more
    }
    return result
  }

  private static func repeated(_ list: [[Int]], _ count: Int) -> [[Int]]? {
    if count == 1 { return list }
    guard count >= 0, count <= most, list.count * count <= most else { return nil }
    return Array(repeatElement(list, count: count).joined())
  }

  private mutating func factor() -> [[Int]]? {
    if take("[") {
      var result: [[Int]] = []
      while !take("]") {
        if !result.isEmpty, !take(",") { return nil }
        if take("]") { break }
        guard let tuple = tuple() else { return nil }
        result.append(tuple)
      }
      return result
    }
    guard take("("), let inner = sum(), take(")") else { return nil }
    return inner
  }

  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var result: [Int] = []
    while !take(")") {
      if !result.isEmpty, !take(",") { return nil }
      if take(")") { break }
      guard let number = number() else { return nil }
      result.append(number)
    }
    return result
  }

  private mutating func number() -> Int? {
    let first = place
    while place < characters.count, characters[place].isASCII, characters[place].isNumber {
      place += 1
    }
    guard place - first <= 9 else { return nil }
    return Int(String(characters[first..<place]))
  }

  private mutating func take(_ character: Character) -> Bool {
    guard place < characters.count, characters[place] == character else { return false }
    place += 1
    return true
  }

  private mutating func takeWord(_ word: String) -> Bool {
    let letters = Array(word)
    guard characters.count - place >= letters.count,
      Array(characters[place..<(place + letters.count)]) == letters
    else { return false }
    place += letters.count
    return true
  }
}
