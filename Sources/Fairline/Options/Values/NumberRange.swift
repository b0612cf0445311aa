/// The numbers that a flag takes: an interval whose ends may be open.
///
/// All of them are finite.
///
/// ```swift
/// Option("dropout", \.dropout, in: .from(0, below: 1), "dropout of states")
/// Option("adam-eps", \.eps, in: .above(0), "added to the root of the second moment")
/// ```
public struct NumberRange<Number: OptionNumber>: Sendable {
  private var least: Number?
  private var most: Number?
  private var excludesLeast = false
  private var excludesMost = false

  /// The numbers from one to another, both included.
  public static func from(_ least: Number, to most: Number) -> Self {
    Self(least: least, most: most)
  }

  /// The numbers from one, included, to below another.
  public static func from(_ least: Number, below most: Number) -> Self {
    Self(least: least, most: most, excludesMost: true)
  }

  /// The numbers above one, up to another that is included.
  public static func above(_ least: Number, to most: Number) -> Self {
    Self(least: least, most: most, excludesLeast: true)
  }

  /// Whether a number belongs to it.
  public func contains(_ number: Number) -> Bool {
    guard number.isFinite else { return false }
    if let least, number < least || (excludesLeast && number == least) { return false }
    if let most, number > most || (excludesMost && number == most) { return false }
    return true
  }

  /// The range as it follows "a number": `from 0 to below 1`, `above 0`.
  public var text: String {
    switch (least?.rangeText, most?.rangeText) {
    case (let least?, let most?):
      excludesLeast
        ? "above \(least), at most \(most)"
        : "from \(least) to \(excludesMost ? "below " : "")\(most)"
    case (let least?, nil): excludesLeast ? "above \(least)" : "from \(least) up"
    case (nil, let most?): "of at most \(most)"
    case (nil, nil): "that is finite"
    }
  }
}

extension NumberRange where Number == Int {
  /// The whole numbers from one up to 10⁹, so that no product of two of them overflows.
  public static func from(_ least: Int) -> Self { .from(least, to: 1_000_000_000) }
}

extension NumberRange where Number: BinaryFloatingPoint {
  /// The finite numbers from one up.
  public static func from(_ least: Number) -> Self { Self(least: least) }

  /// The finite numbers above one.
  public static func above(_ least: Number) -> Self { Self(least: least, excludesLeast: true) }

  /// The finite numbers up to one that is included.
  public static func atMost(_ most: Number) -> Self { Self(most: most) }

  /// All finite numbers.
  public static var finite: Self { Self() }
}

/// A number that flags take: `Int`, `Double` or `Float`.
public protocol OptionNumber: Comparable, Sendable, NumericOptionValue where Number == Self {
  /// Whether it is neither infinite nor not-a-number.
  var isFinite: Bool { get }
}

extension OptionNumber {
  /// The number as a range names it: large powers of ten as `1e9`.
  fileprivate var rangeText: String {
    let zeros = optionText.reversed().prefix { $0 == "0" }.count
    let start = optionText.dropLast(zeros)
    return zeros >= 6 && ["1", "-1"].contains(start) ? "\(start)e\(zeros)" : optionText
  }
}

/// A value of a flag that consists of numbers: a number, an optional one, or a list of them.
public protocol NumericOptionValue: OptionValue {
  /// What each number is.
  associatedtype Number: OptionNumber
  /// The numbers; none where there is no value.
  var numbers: [Number] { get }
}

extension NumericOptionValue where Number == Self {
  /// The number itself.
  public var numbers: [Self] { [self] }
}

extension Int: OptionNumber {
  /// Yes.
  public var isFinite: Bool { true }
  /// It is a number.
  public static var isNumeric: Bool { true }
}

extension Double: OptionNumber {
  /// It is a number.
  public static var isNumeric: Bool { true }
}

extension Float: OptionNumber {
  /// It is a number.
  public static var isNumeric: Bool { true }
}

extension Optional: NumericOptionValue where Wrapped: NumericOptionValue {
  /// The wrapped value's numbers.
  public var numbers: [Wrapped.Number] { self?.numbers ?? [] }
}

extension Array: NumericOptionValue where Element: NumericOptionValue {
  /// The numbers of all elements.
  public var numbers: [Element.Number] { flatMap(\.numbers) }
}
