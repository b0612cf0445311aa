package import Fairline

/// A golden value that is not what a test takes it for.
package struct GoldenKindError: Error, CustomStringConvertible {
  /// What was expected, and the beginning of the value.
  package let description: String
}

extension JSONValue {
  /// The elements of a list.
  ///
  /// - Throws: ``GoldenKindError`` when this is none.
  package func elements() throws -> [JSONValue] {
    guard let arrayValue else { throw isNo("list") }
    return arrayValue
  }

  /// A list of symbols.
  ///
  /// - Throws: ``GoldenKindError`` when this is none.
  package func symbols() throws -> [Int32] {
    try elements().map { try $0.required($0.integerValue.map(Int32.init), "symbol") }
  }

  /// A list of whole numbers.
  ///
  /// - Throws: ``GoldenKindError`` when this is none.
  package func integers() throws -> [Int] {
    try elements().map { try $0.required($0.integerValue, "whole number") }
  }

  /// A list of numbers.
  ///
  /// - Throws: ``GoldenKindError`` when this is none.
  package func numbers() throws -> [Double] {
    try elements().map { try $0.required($0.doubleValue, "number") }
  }

  /// A list of texts.
  ///
  /// - Throws: ``GoldenKindError`` when this is none.
  package func texts() throws -> [String] {
    try elements().map { try $0.required($0.stringValue, "text") }
  }

  private func required<Value>(_ value: Value?, _ kind: String) throws -> Value {
    guard let value else { throw isNo(kind) }
    return value
  }

  private func isNo(_ kind: String) -> GoldenKindError {
    GoldenKindError(description: "no \(kind) among golden values: \(compactText.prefix(200))")
  }
}

/// Members that have to be there.
extension JSONValue? {
  /// The elements of a list.
  ///
  /// - Throws: ``GoldenKindError`` when there is none.
  package func elements() throws -> [JSONValue] { try (self ?? .null).elements() }

  /// A list of symbols.
  ///
  /// - Throws: ``GoldenKindError`` when there is none.
  package func symbols() throws -> [Int32] { try (self ?? .null).symbols() }

  /// A list of whole numbers.
  ///
  /// - Throws: ``GoldenKindError`` when there is none.
  package func integers() throws -> [Int] { try (self ?? .null).integers() }

  /// A list of numbers.
  ///
  /// - Throws: ``GoldenKindError`` when there is none.
  package func numbers() throws -> [Double] { try (self ?? .null).numbers() }

  /// A list of texts.
  ///
  /// - Throws: ``GoldenKindError`` when there is none.
  package func texts() throws -> [String] { try (self ?? .null).texts() }
}

extension FixtureDocument {
  /// The elements of a list that the document ``holds(_:)``.
  package func list(_ name: String) -> [JSONValue] {
    guard let list = value[name]?.arrayValue else {
      preconditionFailure("\(description) has no list '\(name)'")
    }
    return list
  }
}
