/// What several processes that train the same model send each other.
public struct ExchangeSettings: Configuration, Equatable {
  /// Whether what travels is rounded to 16 bits.
  public var exchangeHalf = false

  /// Float32.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "exchange-half", \.exchangeHalf,
        "with several ranks: gradients and changes of parameters travel rounded to 16 bits, which "
          + "is half the bytes; sums are added in 32 bits")
    ]
  }

  /// What a checkpoint remembers; nil for a training whose bits do not depend on ranks.
  var record: JSONValue? {
    get throws { self == ExchangeSettings() ? nil : try JSONValue(encoding: self) }
  }
}
