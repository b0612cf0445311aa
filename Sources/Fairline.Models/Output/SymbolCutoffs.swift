public import Fairline

/// Where bands of symbols begin, but for the first one, as a user writes it: `20000,60000`.
///
/// The numbers ascend.
public struct SymbolCutoffs: Sendable, Equatable {
  /// The first symbol of each band but the first.
  public let places: [Int]

  /// Takes ascending numbers above 0; nil for others, and for none.
  public init?(_ places: [Int]) {
    guard !places.isEmpty, zip([0] + places, places).allSatisfy({ $0 < $1 }) else { return nil }
    self.places = places
  }
}

extension SymbolCutoffs: NumericOptionValue, TextOptionValue {
  /// Reads `20000,60000`, or the same in brackets.
  public init?(optionText: String) {
    guard let places = [Int](optionText: optionText) else { return nil }
    self.init(places)
  }
  /// The numbers.
  public var numbers: [Int] { places }
  /// Yes.
  public static var isNumeric: Bool { true }
  /// The numbers with commas between them.
  public var optionText: String { places.map(String.init).joined(separator: ",") }
  /// What is expected.
  public static var optionExpectation: String {
    "a list of ascending whole numbers above 0, such as 20000,60000"
  }
  /// The placeholder `N,N,…`.
  public static var optionPlaceholder: String { "N,N,…" }
}

extension SymbolCutoffs {
  /// Reads a text or a list of numbers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text =
      try (try? container.decode([Int].self))?.optionText ?? container.decode(String.self)
    guard let cutoffs = SymbolCutoffs(optionText: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is not \(Self.optionExpectation)")
    }
    self = cutoffs
  }
}
