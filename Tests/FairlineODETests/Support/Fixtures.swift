import FairlineODE
import Foundation
import Testing

/// Any JSON value, read by key and kind.
struct JSON: @unchecked Sendable, CustomTestStringConvertible {
  let value: Any

  init(_ value: Any) { self.value = value }

  subscript(key: String) -> JSON? {
    (value as? [String: Any])?[key].map(JSON.init)
  }

  /// The names of the members; an issue where there are none.
  var keys: [String] {
    guard let members = value as? [String: Any], !members.isEmpty else {
      Issue.record("'\(self)' has no members")
      return []
    }
    return Array(members.keys)
  }

  /// A list that has to be there with something in it.
  func list(_ key: String) -> [JSON] {
    guard let items = self[key]?.array, !items.isEmpty else {
      Issue.record("\(testDescription) has no \(key)")
      return []
    }
    return items
  }

  /// The elements of a tensor, or numbers, that have to be there.
  func data(_ key: String) -> [Double] {
    guard let elements = self[key]?.data, !elements.isEmpty else {
      Issue.record("\(testDescription) has no \(key)")
      return []
    }
    return elements
  }

  /// The elements of a list; an issue where this is none.
  var array: [JSON] {
    guard let elements = value as? [Any] else {
      Issue.record("'\(self)' is no list")
      return []
    }
    return elements.map(JSON.init)
  }
  var number: Double { (value as? NSNumber)?.doubleValue ?? .nan }
  var int: Int { Int(number) }
  var bool: Bool { (value as? NSNumber)?.boolValue ?? false }
  var string: String { value as? String ?? "" }
  var isNumber: Bool { value is NSNumber }

  /// All numbers of nested arrays, row-major.
  var numbers: [Double] {
    isNumber ? [number] : array.flatMap(\.numbers)
  }

  /// The elements of a tensor.
  var data: [Double] { self["data"]?.numbers ?? numbers }
  /// The lengths of a tensor's axes.
  var shape: [Int] { list("shape").map(\.int) }

  var testDescription: String { self["id"]?.string ?? "\(value)" }
}

/// What went wrong in the cases of a file, and how many there were.
struct Tally {
  private(set) var checked = 0
  private(set) var failures: [String] = []
  private var failedNames: Set<String> = []

  mutating func begin() { checked += 1 }

  mutating func fail(_ name: String, _ reason: String) {
    failures.append("\(name): \(reason)")
    failedNames.insert(name)
  }

  mutating func expect(_ isTrue: Bool, _ name: String, _ reason: @autoclosure () -> String) {
    if !isTrue { fail(name, reason()) }
  }

  /// Differences of two arrays against an absolute tolerance.
  mutating func expectClose(
    _ got: [Double], _ wanted: [Double], _ tolerance: Double, _ name: String, _ what: String
  ) {
    guard got.count == wanted.count else {
      return fail(name, "\(what) has \(got.count) elements, not \(wanted.count)")
    }
    let worst = zip(got, wanted).map { abs($0 - $1) }.enumerated().max {
      $0.element < $1.element || $1.element.isNaN
    }
    if let worst, !(worst.element <= tolerance) {
      fail(
        name,
        "\(what)[\(worst.offset)] is \(got[worst.offset]), not \(wanted[worst.offset]): "
          + "off by \(worst.element), tolerance \(tolerance)")
    }
  }

  /// Fails when a case did, or when there was none.
  func report(_ file: FixtureFile) {
    #expect(checked > 0, "\(file) has no cases")
    let passed = checked - failedNames.count
    print("\(file): \(passed) of \(checked) cases pass")
    for failure in failures.prefix(20) { print("  \(failure)") }
    #expect(failures.isEmpty, "\(file): \(failures.prefix(5).joined(separator: "; "))")
  }
}
