/// How Marian stores the numbers of a tensor.
enum MarianElement: Equatable, Sendable {
  case float32, float16, int8
  /// Integers of 1 or 2 bytes, those of a matrix turned around, with what they are multiplied by
  /// behind them; processors' own arrangements have tiles of so many bytes.
  case rounded(size: Int, tile: Int?)

  /// The type of a number in Marian's binary files.
  ///
  /// - Throws: a clause that names a type that is not known.
  init(code: UInt64) throws {
    switch code {
    case 0x101: self = .int8
    case 0x402: self = .float16
    case 0x404: self = .float32
    // The second number is that of Bergamot's branch.
    case 0x10001, 0x4101: self = .rounded(size: 1, tile: nil)
    case 0x10002, 0x4102: self = .rounded(size: 2, tile: nil)
    case 0x18001: self = .rounded(size: 1, tile: 16)
    case 0x14002: self = .rounded(size: 2, tile: 16)
    case 0x11001: self = .rounded(size: 1, tile: 32)
    case 0x11002: self = .rounded(size: 2, tile: 32)
    case 0x12001: self = .rounded(size: 1, tile: 64)
    case 0x12002: self = .rounded(size: 2, tile: 64)
    case 0x13001: throw ZipError("it holds intgemm8avx512vnni matrices, whose order is not known")
    case 0x802: throw ZipError("it holds packed16 matrices of FBGEMM, which are not known")
    case 0x1801: throw ZipError("it holds packed8avx2 matrices of FBGEMM, which are not known")
    case 0x2801: throw ZipError("it holds packed8avx512 matrices of FBGEMM, which are not known")
    default: throw ZipError("it holds numbers of the type \(code), which is not known")
    }
  }

  /// Bytes of an element.
  var size: Int {
    switch self {
    case .float32: 4
    case .float16: 2
    case .int8: 1
    case .rounded(let size, _): size
    }
  }

  /// Whether the numbers are integers with a factor.
  var isRounded: Bool { if case .rounded = self { true } else { false } }

  /// Bytes of a tensor, what rounded ones are multiplied by included.
  ///
  /// - Returns: nil when there are too many.
  func bytes(of count: Int) -> Int? {
    let (size, overflow) = count.multipliedReportingOverflow(by: self.size)
    return overflow || size > .max - 4 ? nil : size + (isRounded ? 4 : 0)
  }
}

/// A matrix of integers as intgemm multiplies it.
///
/// Rounding multiplies numbers by `factor`. What is stored is the matrix turned around, row by row,
/// or, in the order of a kind of processor, in tiles of eight rows: of each row, as many
/// neighbours as a register holds.
struct RoundedMatrix {
  /// Rows and columns of the matrix turned around.
  let outputs, inputs: Int
  /// Bytes of an integer.
  let size: Int
  /// Integers in a register; nil where rows are whole.
  private let width: Int?
  private let bytes: UnsafeRawBufferPointer
  /// What the numbers were multiplied by.
  let factor: Float

  /// - Throws: a clause when the shape does not fit the order, or the factor makes no sense.
  init(
    _ bytes: UnsafeRawBufferPointer, outputs: Int, inputs: Int, size: Int, tile: Int?
  ) throws {
    (self.bytes, self.outputs, self.inputs, self.size) = (bytes, outputs, inputs, size)
    width = tile.map { $0 / size }
    factor = Float(
      bitPattern: UInt32(
        littleEndian: bytes.loadUnaligned(
          fromByteOffset: outputs * inputs * size, as: UInt32.self)))
    guard factor.isFinite, factor > 0 else { throw ZipError("is multiplied by \(factor)") }
    if let width, outputs % 8 != 0 || inputs % width != 0 {
      throw ZipError("has \(outputs) by \(inputs) numbers, which are no whole tiles")
    }
  }

  /// Where the integers of a row begin, from a column on.
  private func place(_ row: Int, _ column: Int) -> Int {
    guard let width else { return row * inputs + column }
    return row / 8 * 8 * inputs + column / width * 8 * width + row % 8 * width + column % width
  }

  /// An integer.
  func integer(_ row: Int, _ column: Int) -> Int16 {
    let place = place(row, column) * size
    return size == 1
      ? Int16(bytes.loadUnaligned(fromByteOffset: place, as: Int8.self))
      : Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int16.self))
  }

  /// Writes the numbers that the integers stand for, turned around. `[output, input]`
  func expand(into output: UnsafeMutableBufferPointer<Float>) {
    let run = width ?? inputs
    for row in 0..<outputs {
      for first in stride(from: 0, to: inputs, by: run) {
        let (start, target) = (place(row, first), row * inputs + first)
        for step in 0..<run {
          let integer =
            size == 1
            ? Int16(bytes.loadUnaligned(fromByteOffset: start + step, as: Int8.self))
            : Int16(
              littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * (start + step), as: Int16.self))
          output[target + step] = Float(integer) / factor
        }
      }
    }
  }
}
