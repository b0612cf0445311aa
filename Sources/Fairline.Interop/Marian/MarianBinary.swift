import FairlineFoundation

/// The tensors in one of Marian's binary files: a table of names, types and shapes, then numbers.
struct MarianBinary {
  let tensors: [String: MarianTensors.Entry]

  /// Items that a model may have.
  private static let most = 1 << 20
  private static let headerSize = 32

  /// Whether a file begins as these do: a version and a number of items that fits.
  static func begins(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 16 else { return false }
    func word(_ place: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
    }
    return (1...2).contains(word(0)) && (1...UInt64(most)).contains(word(8))
  }

  /// Reads the names and shapes of all tensors.
  ///
  /// - Throws: a clause that says what is wrong.
  init(_ file: MappedFile) throws {
    var reader = Reader(file)
    let version = try reader.word()
    guard version != 2 else { throw ZipError("it is encrypted") }
    guard version == 1 else { throw ZipError("its version is \(version), and 1 is known") }
    let count = try reader.number(limit: min(Self.most, file.bytes.count / Self.headerSize))
    var headers: [(name: Int, element: UInt64, rank: Int, bytes: Int)] = []
    for _ in 0..<count {
      headers.append(
        (
          try reader.number(limit: 4096), try reader.word(), try reader.number(limit: 8),
          try reader.number(limit: file.bytes.count)
        ))
    }
    let names = try headers.map { try reader.name($0.name) }
    let shapes = try headers.map { header in
      try (0..<header.rank).map { _ in Int(try reader.length()) }
    }
    let padding = try reader.number(limit: file.bytes.count)
    _ = try reader.bytes(padding)
    var tensors: [String: MarianTensors.Entry] = [:]
    for (index, header) in headers.enumerated() {
      let (name, shape) = (names[index], shapes[index])
      let element = try MarianElement(code: header.element)
      let range = try reader.bytes(header.bytes)
      let size = Self.count(shape).flatMap(element.bytes)
      guard let size, size <= range.count else {
        throw ZipError("'\(name)' has a shape and a length that do not agree")
      }
      let entry = MarianTensors.Entry(
        shape: shape, element: element,
        place: .file(range.lowerBound..<(range.lowerBound + size)), numbers: 0..<size,
        checksum: nil)
      guard tensors.updateValue(entry, forKey: name) == nil else {
        throw ZipError("it has two tensors '\(name)'")
      }
    }
    guard reader.isAtEnd else { throw ZipError("more follows its last tensor") }
    self.tensors = tensors
  }

  private static func count(_ shape: [Int]) -> Int? {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }

  /// Reads the parts of the file in turn, none of them beyond its end.
  private struct Reader {
    private let file: MappedFile
    private var offset = 0

    init(_ file: MappedFile) { self.file = file }

    var isAtEnd: Bool { offset == file.bytes.count }

    mutating func bytes(_ count: Int) throws -> Range<Int> {
      guard count >= 0, count <= file.bytes.count - offset else {
        throw ZipError("it ends too early")
      }
      defer { offset += count }
      return offset..<(offset + count)
    }

    mutating func word() throws -> UInt64 {
      file.load(UInt64.self, at: try bytes(8).lowerBound)
    }

    /// A number up to a limit.
    mutating func number(limit: Int) throws -> Int {
      let word = try word()
      guard let number = Int(exactly: word), number <= limit else {
        throw ZipError("it says \(word) where at most \(limit) is possible")
      }
      return number
    }

    /// The length of an axis.
    mutating func length() throws -> Int32 {
      let length = file.load(Int32.self, at: try bytes(4).lowerBound)
      guard length >= 0 else { throw ZipError("a shape has the length \(length)") }
      return length
    }

    /// A name, whose length counts the zero at its end.
    mutating func name(_ count: Int) throws -> String {
      let range = try bytes(count)
      let raw = UnsafeRawBufferPointer(rebasing: file.bytes[range])
      guard raw.last == 0, let name = String(validating: raw.dropLast(), as: UTF8.self) else {
        throw ZipError("a name is no text")
      }
      return name
    }
  }
}
