/// The types of elements of torch's storages.
package enum TorchElement: CaseIterable, Sendable {
  case float32, float16, bfloat16, float64, int64, int32, int16, int8, uint8, bool

  /// The class of such a storage in the module `torch`.
  package var storageName: String {
    switch self {
    case .float32: "FloatStorage"
    case .float16: "HalfStorage"
    case .bfloat16: "BFloat16Storage"
    case .float64: "DoubleStorage"
    case .int64: "LongStorage"
    case .int32: "IntStorage"
    case .int16: "ShortStorage"
    case .int8: "CharStorage"
    case .uint8: "ByteStorage"
    case .bool: "BoolStorage"
    }
  }

  /// Bytes of an element.
  package var size: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether elements are floating-point numbers.
  package var isFloatingPoint: Bool {
    switch self {
    case .float32, .float16, .bfloat16, .float64: true
    default: false
    }
  }

  /// The element at a place of bytes, as a 32 bit number.
  ///
  /// - Parameter isBig: whether the highest byte comes first.
  @inline(__always)
  package func value(_ bytes: UnsafeRawBufferPointer, at index: Int, isBig: Bool) -> Float {
    func word<Word: FixedWidthInteger>(_ type: Word.Type) -> Word {
      let raw = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Word>.size, as: type)
      return isBig ? Word(bigEndian: raw) : Word(littleEndian: raw)
    }
    switch self {
    case .float32: return Float(bitPattern: word(UInt32.self))
    case .float16: return Float(Float16(bitPattern: word(UInt16.self)))
    case .bfloat16: return Float(bitPattern: UInt32(word(UInt16.self)) << 16)
    case .float64: return Float(Double(bitPattern: word(UInt64.self)))
    case .int64: return Float(word(Int64.self))
    case .int32: return Float(word(Int32.self))
    case .int16: return Float(word(Int16.self))
    case .int8: return Float(word(Int8.self))
    case .uint8: return Float(word(UInt8.self))
    case .bool: return word(UInt8.self) == 0 ? 0 : 1
    }
  }
}

/// Numbers of a file that tensors are views of.
package struct TorchStorage: Hashable, Sendable {
  /// Its name in the file, a number.
  package let key: String
  package let element: TorchElement
  /// The numbers of the whole.
  package let count: Int
  /// Where the part that is meant begins.
  package var first = 0
  /// The numbers of that part; nil for all.
  package var viewCount: Int?

  /// The numbers of the part that is meant.
  package var size: Int { viewCount ?? count }
}

/// A tensor: some numbers of a storage.
package struct TorchTensor: Hashable, Sendable {
  package let storage: TorchStorage
  /// The first number.
  package let offset: Int
  /// The length of each axis.
  package let shape: [Int]
  /// How many numbers lie between two neighbours of each axis.
  package let strides: [Int]

  /// The number of elements; known to be possible when ``check()`` did not throw.
  package var count: Int { shape.reduce(1, *) }

  /// Whether elements lie one after another in row-major order.
  package var isContiguous: Bool {
    var expected = 1
    for (length, stride) in zip(shape, strides).reversed() where length != 1 {
      guard stride == expected else { return false }
      expected *= length
    }
    return true
  }

  /// Some numbers of a contiguous tensor, from a place in its storage on.
  func part(at offset: Int, shape: [Int]) -> TorchTensor {
    var (strides, size) = ([Int](), 1)
    for length in shape.reversed() {
      strides.insert(size, at: 0)
      size *= length
    }
    return TorchTensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  /// Refuses a tensor with elements outside its storage, or more than that holds.
  package func check() throws {
    guard shape.count == strides.count, shape.count <= 16, offset >= 0,
      shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 })
    else { throw PickleReason("a tensor has an impossible shape or place") }
    var (count, last) = (1, offset)
    for (length, stride) in zip(shape, strides) {
      let (product, tooMany) = count.multipliedReportingOverflow(by: length)
      let (distance, tooFar) = max(length - 1, 0).multipliedReportingOverflow(by: stride)
      let (sum, overflow) = last.addingReportingOverflow(distance)
      guard !tooMany, !tooFar, !overflow else {
        throw PickleReason("a tensor has an impossible shape")
      }
      (count, last) = (product, sum)
    }
    guard count == 0 || (last < storage.size && count <= storage.size) else {
      throw PickleReason(
        "a tensor of \(count) numbers does not fit the \(storage.size) that are stored for it")
    }
  }
}
