/// What stands before the numbers of one of numpy's `.npy` files.
struct NumpyHeader {
  let shape: [Int]
  let element: MarianElement
  /// Where the numbers begin.
  let start: Int

  /// The longest description: a dictionary of three members.
  private static let longest = 4096

  /// Reads versions 1 to 3.
  ///
  /// - Throws: a clause that says what is wrong.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    let mark: [UInt8] = [0x93] + Array("NUMPY".utf8)
    guard bytes.count >= 12, bytes[0..<6].elementsEqual(mark), (1...3).contains(bytes[6]) else {
      throw ZipError("is no array of numpy's")
    }
    let isShort = bytes[6] == 1
    let length =
      isShort
      ? Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
      : Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    let first = isShort ? 10 : 12
    guard length <= min(Self.longest, bytes.count - first) else {
      throw ZipError("ends too early")
    }
    start = first + length
    let text = String(decoding: bytes[first..<start], as: UTF8.self)
    guard let type = Self.text(of: "descr", in: text),
      let order = Self.value(of: "fortran_order", in: text),
      let shape = Self.shape(in: text)
    else { throw ZipError("has no description that can be read") }
    guard order.hasPrefix("False") else { throw ZipError("is stored column by column") }
    switch type {
    case "<f4": element = .float32
    case "<f2": element = .float16
    case "|i1", "<i1", "|b1", "|u1", "<u1": element = .int8
    default: throw ZipError("holds numbers of the type '\(type)', which is not known")
    }
    self.shape = shape
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else { throw ZipError("has an impossible shape") }
      count = product
    }
    guard element.bytes(of: count) == bytes.count - start else {
      throw ZipError("has the shape \(shape), and \(bytes.count - start) bytes of numbers")
    }
  }

  /// What follows a key and its colon.
  private static func value(of key: String, in text: String) -> Substring? {
    guard let range = text.firstRange(of: "'\(key)':") else { return nil }
    return text[range.upperBound...].drop { $0 == " " }
  }

  private static func text(of key: String, in text: String) -> String? {
    guard let value = value(of: key, in: text), value.first == "'" else { return nil }
    let rest = value.dropFirst()
    return rest.firstIndex(of: "'").map { String(rest[..<$0]) }
  }

  private static func shape(in text: String) -> [Int]? {
    guard let value = value(of: "shape", in: text), value.first == "(",
      let end = value.firstIndex(of: ")")
    else { return nil }
    var lengths: [Int] = []
    for part in value[..<end].dropFirst().split(separator: ",") {
      let digits = part.filter { $0 != " " && $0 != "L" }
      if digits.isEmpty { continue }
      guard let length = Int(digits), length >= 0 else { return nil }
      lengths.append(length)
    }
    return lengths.count <= 8 ? lengths : nil
  }
}
