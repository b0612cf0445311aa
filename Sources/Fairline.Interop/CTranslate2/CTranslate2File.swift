import Fairline
import FairlineFoundation

/// The variables of CTranslate2's `model.bin`, versions 2 to 6: tensors in floating point or
/// rounded to integers, small numbers and texts.
///
/// The file is mapped. Rounded tensors are read as the floating-point numbers they stand for.
package final class CTranslate2File: TensorSource {
  package let path: String
  /// The version of the format.
  package let version: Int
  /// What the file says the model is: `TransformerSpec`, and which revision of that.
  package let kind: (name: String, revision: Int)
  private let file: MappedFile
  private let variables: [String: Variable]
  /// The variable that another name stands for.
  private let aliases: [String: String]

  /// A variable as it is stored.
  private struct Variable: Sendable {
    let shape: [Int]
    let element: TorchElement
    let bytes: Range<Int>

    var count: Int { shape.reduce(1, *) }
  }

  /// Whether a file begins with a version that is known.
  package static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 4 && (2...6).contains(bytes[0]) && bytes[1...3].allSatisfy { $0 == 0 }
  }

  /// Reads the names and shapes of all variables.
  ///
  /// - Throws: `UserError` naming the file and what is wrong with it.
  package init(path: String) throws {
    self.path = path
    file = try MappedFile(path)
    do {
      var reader = Reader(file)
      version = Int(try reader.integer(UInt32.self))
      guard (2...6).contains(version) else {
        throw ZipError("its version is \(version), and 2 to 6 are known")
      }
      kind = (try reader.text(), Int(try reader.integer(UInt32.self)))
      let (variables, aliases) = try reader.variables(version: version)
      for (alias, target) in aliases {
        guard variables[alias] == nil, variables[target] != nil else {
          throw ZipError("'\(alias)' stands for '\(target)', which is not there")
        }
      }
      (self.variables, self.aliases) = (variables, aliases)
    } catch let error as ZipError {
      throw UserError(
        "\(path) is no model of CTranslate2 that can be read: \(error); use another copy")
    }
  }

  /// Reads the parts of the file in turn, none of them beyond its end.
  private struct Reader {
    private let file: MappedFile
    private var offset = 0

    init(_ file: MappedFile) { self.file = file }

    private mutating func need(_ count: Int) throws {
      guard count >= 0, count <= file.bytes.count - offset else {
        throw ZipError("it ends too early")
      }
    }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
      try need(MemoryLayout<Value>.size)
      defer { offset += MemoryLayout<Value>.size }
      return file.load(type, at: offset)
    }

    mutating func bytes(_ count: Int) throws -> Range<Int> {
      try need(count)
      defer { offset += count }
      return offset..<(offset + count)
    }

    /// A text, whose length counts the zero at its end.
    mutating func text() throws -> String {
      let range = try bytes(Int(integer(UInt16.self)))
      let raw = UnsafeRawBufferPointer(rebasing: file.bytes[range])
      guard raw.last == 0, let text = String(validating: raw.dropLast(), as: UTF8.self) else {
        throw ZipError("a name is no text")
      }
      return text
    }

    mutating func variables(
      version: Int
    ) throws -> ([String: Variable], aliases: [String: String]) {
      var variables: [String: Variable] = [:]
      for _ in 0..<(try integer(UInt32.self)) {
        let name = try text()
        guard variables.updateValue(try variable(name, version), forKey: name) == nil else {
          throw ZipError("it has two variables '\(name)'")
        }
      }
      var aliases: [String: String] = [:]
      if version >= 3 {
        for _ in 0..<(try integer(UInt32.self)) {
          let alias = try text()
          aliases[alias] = try text()
        }
      }
      guard offset == file.bytes.count else { throw ZipError("more follows its last variable") }
      return (variables, aliases)
    }

    private mutating func variable(_ name: String, _ version: Int) throws -> Variable {
      let rank = Int(try integer(UInt8.self))
      guard rank <= 8 else { throw ZipError("'\(name)' has \(rank) axes") }
      var shape: [Int] = []
      var count = 1
      for _ in 0..<rank {
        let length = Int(try integer(UInt32.self))
        let (product, overflow) = count.multipliedReportingOverflow(by: length)
        guard !overflow else { throw ZipError("'\(name)' has an impossible shape") }
        (count, shape) = (product, shape + [length])
      }
      let code = try integer(UInt8.self)
      let stated = Int(try integer(UInt32.self))
      guard let element = Self.element(code, version) else {
        throw ZipError("'\(name)' has the type \(code), which is not known")
      }
      // Before version 4 elements are counted, since then bytes.
      let (size, overflow) = count.multipliedReportingOverflow(by: element.size)
      guard !overflow, stated == (version < 4 ? count : size) else {
        throw ZipError("'\(name)' has a shape and a length that do not agree")
      }
      return Variable(shape: shape, element: element, bytes: try bytes(size))
    }

    /// The type of elements; before version 4 their size tells it.
    private static func element(_ code: UInt8, _ version: Int) -> TorchElement? {
      let types: [UInt8: TorchElement] =
        version < 4
        ? [4: .float32, 2: .int16, 1: .int8]
        : [0: .float32, 1: .int8, 2: .int16, 3: .int32, 4: .float16, 5: .bfloat16]
      return types[code]
    }
  }
}

extension CTranslate2File {
  /// The name of the variable that holds what a name stands for; nil when there is none.
  package func target(of name: String) -> String? {
    let target = aliases[name] ?? name
    return variables[target] == nil ? nil : target
  }

  private func variable(_ name: String) -> Variable? { target(of: name).flatMap { variables[$0] } }

  /// The names of tensors: other names of a tensor and scales of rounded ones are left out.
  package var names: [String] {
    variables.keys.filter { name in
      !(name.hasSuffix("_scale") && variables[String(name.dropLast(6))] != nil)
    }.sorted()
  }

  package func shape(of name: String) -> [Int]? { variable(name)?.shape }

  /// A number; nil when there is none.
  package func number(_ name: String) -> Double? {
    guard let variable = variable(name), variable.count == 1 else { return nil }
    return Double(value(variable, at: 0))
  }

  /// Whether a variable holds whole numbers.
  package func isInteger(_ name: String) -> Bool {
    variable(name)?.element.isFloatingPoint == false
  }

  /// A text, which is a list of small numbers.
  package func text(_ name: String) -> String? {
    guard let variable = variable(name), variable.element == .int8 else { return nil }
    return String(decoding: file.bytes[variable.bytes], as: UTF8.self)
  }

  private func value(_ variable: Variable, at index: Int) -> Float {
    variable.element.value(
      UnsafeRawBufferPointer(rebasing: file.bytes[variable.bytes]), at: index, isBig: false)
  }

  package func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    guard let target = target(of: name), let variable = variables[target],
      variable.count == output.count
    else { throw UserError("\(path) has no tensor '\(name)' of \(output.count) numbers") }
    file.withBytes { all in
      let bytes = UnsafeRawBufferPointer(rebasing: all[variable.bytes])
      for index in output.indices {
        output[index] = variable.element.value(bytes, at: index, isBig: false)
      }
    }
    guard !variable.element.isFloatingPoint else { return }
    try divide(output, by: target + "_scale", variable)
  }

  /// Divides integers by the scale of their row, or of all.
  private func divide(
    _ output: UnsafeMutableBufferPointer<Float>, by name: String, _ variable: Variable
  ) throws {
    guard let scale = variables[name], scale.element == .float32,
      let rows = variable.shape.first, scale.count == 1 || scale.count == rows
    else {
      throw UserError("\(path): '\(name)' is not there for each row: use another copy")
    }
    let columns = rows == 0 ? 0 : output.count / rows
    for row in 0..<rows {
      let divisor = value(scale, at: scale.count == 1 ? 0 : row)
      guard divisor.isFinite, divisor > 0 else {
        throw UserError("\(path): '\(name)' holds \(divisor): use another copy")
      }
      for index in (row * columns)..<((row + 1) * columns) { output[index] /= divisor }
    }
  }
}
