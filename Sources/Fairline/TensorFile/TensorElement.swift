/// The element types of a safetensors file, under the names that the format gives them.
public enum TensorElement: String, CaseIterable, Codable, Sendable {
  /// A truth value in one byte.
  case bool = "BOOL"
  /// Unsigned 8 bit.
  case uint8 = "U8"
  /// Signed 8 bit.
  case int8 = "I8"
  /// Unsigned 16 bit.
  case uint16 = "U16"
  /// Signed 16 bit.
  case int16 = "I16"
  /// Half precision (IEEE binary16).
  case float16 = "F16"
  /// Brain floating point: the upper half of a binary32.
  case bfloat16 = "BF16"
  /// Unsigned 32 bit.
  case uint32 = "U32"
  /// Signed 32 bit.
  case int32 = "I32"
  /// Single precision (IEEE binary32).
  case float32 = "F32"
  /// Double precision (IEEE binary64).
  case float64 = "F64"
  /// Signed 64 bit.
  case int64 = "I64"
  /// Unsigned 64 bit.
  case uint64 = "U64"

  /// Bytes per element.
  public var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// Whether elements are floating-point numbers.
  var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Converts elements to 32 bit floats; values that these cannot hold are rounded.
  ///
  /// `output` must hold as many floats as `bytes` has elements.
  func convert(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .float32: UnsafeMutableRawBufferPointer(output).copyMemory(from: bytes)
    case .float16: each(bytes, output) { (x: UInt16) in Float(Float16(bitPattern: x)) }
    case .bfloat16: each(bytes, output) { (x: UInt16) in Float(bitPattern: UInt32(x) << 16) }
    case .float64: each(bytes, output) { (x: UInt64) in Float(Double(bitPattern: x)) }
    case .bool: each(bytes, output) { (x: UInt8) in x == 0 ? 0 : 1 }
    case .uint8: each(bytes, output) { (x: UInt8) in Float(x) }
    case .int8: each(bytes, output) { (x: Int8) in Float(x) }
    case .uint16: each(bytes, output) { (x: UInt16) in Float(x) }
    case .int16: each(bytes, output) { (x: Int16) in Float(x) }
    case .uint32: each(bytes, output) { (x: UInt32) in Float(x) }
    case .int32: each(bytes, output) { (x: Int32) in Float(x) }
    case .uint64: each(bytes, output) { (x: UInt64) in Float(x) }
    case .int64: each(bytes, output) { (x: Int64) in Float(x) }
    }
  }

  /// The elements as whole numbers; nil for floating-point types and numbers beyond 63 bits.
  func integers(_ bytes: UnsafeRawBufferPointer) -> [Int]? {
    switch self {
    case .float16, .bfloat16, .float32, .float64: nil
    case .bool: whole(bytes, UInt8.self)?.map { $0 == 0 ? 0 : 1 }
    case .uint8: whole(bytes, UInt8.self)
    case .int8: whole(bytes, Int8.self)
    case .uint16: whole(bytes, UInt16.self)
    case .int16: whole(bytes, Int16.self)
    case .uint32: whole(bytes, UInt32.self)
    case .int32: whole(bytes, Int32.self)
    case .uint64: whole(bytes, UInt64.self)
    case .int64: whole(bytes, Int64.self)
    }
  }

  private func each<Word: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ output: UnsafeMutableBufferPointer<Float>,
    _ value: (Word) -> Float
  ) {
    let stride = MemoryLayout<Word>.size
    for index in output.indices {
      let word = bytes.loadUnaligned(fromByteOffset: index * stride, as: Word.self)
      output[index] = value(Word(littleEndian: word))
    }
  }

  private func whole<Word: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ type: Word.Type
  ) -> [Int]? {
    let stride = MemoryLayout<Word>.size
    var result: [Int] = []
    result.reserveCapacity(bytes.count / stride)
    for offset in Swift.stride(from: 0, to: bytes.count, by: stride) {
      let word = Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
      guard let value = Int(exactly: word) else { return nil }
      result.append(value)
    }
    return result
  }
}
