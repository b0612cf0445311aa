import Fairline

/// The settings of another program's file, each checked when it is read.
struct ForeignSettings {
  let path: String
  private let values: JSONObject

  init(_ values: JSONObject, path: String) { (self.values, self.path) = (values, path) }

  private func value(_ key: String) -> JSONValue? {
    // A plain nil would be the JSON value.
    values[key].flatMap { $0 == .null ? Optional.none : $0 }
  }

  /// Whether a setting is there and not null.
  func has(_ key: String) -> Bool { value(key) != nil }

  /// A whole number in a range.
  ///
  /// - Parameter usual: what counts where the file says nothing.
  func number(_ key: String, in range: ClosedRange<Int>, usual: Int? = nil) throws -> Int {
    guard let value = value(key) else {
      guard let usual else { throw UserError("\(path) does not say '\(key)': use another copy") }
      return usual
    }
    guard let number = value.integerValue, range.contains(number) else {
      throw UserError(
        "\(path) says '\(key)' is \(value.compactText), and it must be a whole number from "
          + "\(range.lowerBound) to \(range.upperBound): use another copy")
    }
    return number
  }

  /// Yes or no.
  func flag(_ key: String, usual: Bool) throws -> Bool {
    guard let value = value(key) else { return usual }
    guard let flag = value.boolValue else {
      throw UserError(
        "\(path) says '\(key)' is \(value.compactText), and it must be true or false: "
          + "use another copy")
    }
    return flag
  }

  /// A fraction.
  func fraction(_ key: String, usual: Double) throws -> Double {
    guard let value = value(key) else { return usual }
    guard let number = value.doubleValue, number.isFinite else {
      throw UserError(
        "\(path) says '\(key)' is \(value.compactText), and it must be a number: use another copy")
    }
    return number
  }

  /// A text.
  func text(_ key: String) -> String? { value(key)?.stringValue }

  /// A setting as it is.
  func json(_ key: String) -> JSONValue? { value(key) }

  /// Refuses a setting that would make another model.
  func refuse(_ key: String, _ reason: String) throws {
    if try flag(key, usual: false) {
      throw UserError("\(path) says '\(key)', \(reason): it is a model of another kind")
    }
  }
}
