import Fairline
import FairlineFoundation

/// Writes the variables of CTranslate2's `model.bin`, format 6.
///
/// Layout, all little-endian: the version; the name and the revision of the model's kind; the
/// number of variables; for each its name, number of axes, their lengths, type, number of bytes and
/// bytes; the number of aliases; for each its name and that of the variable it stands for.
/// Variables stand in the order of their names.
struct CTranslate2Writer {
  /// A variable that is not a tensor of the model.
  enum Fact {
    case int8(Int8)
    case int16(Int16)
    case float32(Float)
  }

  /// Numbers that tell the model's form.
  var facts: [String: Fact] = [:]
  /// The tensors.
  var tensors: DerivedTensors
  /// The tensors that may be rounded: linear maps and embeddings.
  var matrices: Set<String> = []
  /// Names that stand for a tensor of another name.
  var aliases: [String: String] = [:]
  /// Whether matrices are rounded to 8 bit integers, each row with a scale.
  var rounds = false

  private static let version: UInt32 = 6
  private static let kind = (name: "TransformerSpec", revision: UInt32(7))

  private enum Code {
    static let float32: UInt8 = 0
    static let int8: UInt8 = 1
    static let int16: UInt8 = 2
  }

  /// Writes the file; it appears when it is complete.
  ///
  /// - Throws: `UserError` when a tensor is too large for the format.
  func write(to path: String) throws {
    let file = try FileWriter(path)
    try file.write(Self.version)
    try write(Self.kind.name, file)
    try file.write(Self.kind.revision)
    let names = (Array(facts.keys) + tensors.names).sorted(by: Self.comesFirst)
    let rounded = rounds ? matrices.count : 0
    try file.write(UInt32(names.count + rounded))
    for name in names {
      if let fact = facts[name] {
        try write(name, fact, file)
      } else {
        try writeTensor(name, file)
      }
    }
    try file.write(UInt32(aliases.count))
    for (alias, name) in aliases.sorted(by: { Self.comesFirst($0.key, $1.key) }) {
      try write(alias, file)
      try write(name, file)
    }
    try file.finish(syncs: true)
  }

  private static func comesFirst(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// A text with its length, the zero at its end included.
  private func write(_ text: String, _ file: FileWriter) throws {
    try file.write(UInt16(text.utf8.count + 1))
    try file.write(Array(text.utf8) + [0])
  }

  private func write(_ name: String, _ fact: Fact, _ file: FileWriter) throws {
    func header(_ code: UInt8, _ bytes: Int) throws {
      try writeHeader(name, [], code, bytes, file)
    }
    switch fact {
    case .int8(let value):
      try header(Code.int8, 1)
      try file.write(value)
    case .int16(let value):
      try header(Code.int16, 2)
      try file.write(value)
    case .float32(let value):
      try header(Code.float32, 4)
      try file.write(value.bitPattern)
    }
  }

  private func writeHeader(
    _ name: String, _ shape: [Int], _ code: UInt8, _ bytes: Int, _ file: FileWriter
  ) throws {
    guard let length = UInt32(exactly: bytes) else {
      throw UserError("'\(name)' has \(bytes) bytes, and CTranslate2's format holds 4 GB a tensor")
    }
    try write(name, file)
    try file.write(UInt8(shape.count))
    for axis in shape { try file.write(UInt32(axis)) }
    try file.write(code)
    try file.write(length)
  }

  private func writeTensor(_ name: String, _ file: FileWriter) throws {
    let shape = tensors.shape(of: name) ?? []
    let numbers = try tensors.floats(name)
    guard rounds, matrices.contains(name) else {
      try writeHeader(name, shape, Code.float32, 4 * numbers.count, file)
      return try numbers.withUnsafeBytes { try file.write($0) }
    }
    let (integers, scales) = Self.rounded(numbers, rows: shape[0])
    try writeHeader(name, shape, Code.int8, integers.count, file)
    try integers.withUnsafeBytes { try file.write($0) }
    try writeHeader(name + "_scale", [scales.count], Code.float32, 4 * scales.count, file)
    try scales.withUnsafeBytes { try file.write($0) }
  }

  /// Rounds a matrix as CTranslate2 does: each row is multiplied by 127 over its greatest number,
  /// halves go to the even integer.
  private static func rounded(
    _ numbers: [Float], rows: Int
  ) -> (integers: [Int8], scales: [Float]) {
    let columns = rows == 0 ? 0 : numbers.count / rows
    var scales = [Float](repeating: 1, count: rows)
    let integers = [Int8](unsafeUninitializedCapacity: numbers.count) { output, filled in
      for row in 0..<rows {
        let range = (row * columns)..<((row + 1) * columns)
        let greatest = numbers[range].reduce(0) { max($0, abs($1)) }
        if greatest > 0 { scales[row] = 127 / greatest }
        for place in range {
          let scaled = (numbers[place] * scales[row]).rounded(.toNearestOrEven)
          output[place] = Int8(max(-127, min(127, scaled)))
        }
      }
      filled = numbers.count
    }
    return (integers, scales)
  }
}
