import FairlineFoundation

/// The members of a zip file, found through its directory.
///
/// Every offset and length is checked against the file before it is used. Names that lead out of
/// the archive's folder are refused, and members that are compressed unless they are asked for.
/// Checksums of members that are read where they lie are not looked at: torch may leave them out.
struct ZipArchive {
  /// The places of the members' bytes, by their names.
  let members: [String: Range<Int>]
  /// The names in the order of the directory.
  let names: [String]
  /// What the directory says of members besides.
  private let facts: [String: Facts]

  /// How a member is held.
  private struct Facts {
    let isCompressed: Bool
    let size: Int
    let checksum: UInt32
  }

  /// Reads the directory of a file.
  ///
  /// - Parameter takesCompressed: whether members may be compressed.
  /// - Throws: a clause that says what is wrong.
  init(_ file: MappedFile, takesCompressed: Bool = false) throws {
    let directory = try Self.directory(of: file)
    var members: [String: Range<Int>] = [:]
    var names: [String] = []
    var facts: [String: Facts] = [:]
    var place = directory.range.lowerBound
    for _ in 0..<directory.count {
      let entry = try Entry(file, at: place, limit: directory.range.upperBound)
      place = entry.end
      if entry.name.hasSuffix("/") { continue }
      try Self.check(entry.name)
      guard entry.method == 0 || takesCompressed && entry.method == 8 else {
        throw ZipError("its member '\(entry.name)' is compressed, which is not known here")
      }
      let data = try entry.data(in: file, before: directory.range.lowerBound)
      guard members.updateValue(data, forKey: entry.name) == nil else {
        throw ZipError("it has two members '\(entry.name)'")
      }
      names.append(entry.name)
      facts[entry.name] = Facts(
        isCompressed: entry.method != 0, size: Int(clamping: entry.size), checksum: entry.checksum)
    }
    (self.members, self.names, self.facts) = (members, names, facts)
  }

  /// A member may be so many times as large as the archive, or ``smallSize``.
  private static let largestRatio = 40
  private static let smallSize = 1 << 26

  /// Writes a member to a file of its own.
  ///
  /// - Throws: a clause when it is damaged, or far larger than the archive.
  func extract(_ name: String, of file: MappedFile, to path: String) throws {
    guard let range = members[name], let facts = facts[name] else {
      throw ZipError("it has no member '\(name)'")
    }
    guard facts.size <= max(Self.smallSize, Self.largestRatio * file.bytes.count) else {
      throw ZipError("its member '\(name)' claims to hold \(facts.size) bytes, which is too much")
    }
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[range])
    let writer = try FileWriter(path)
    let checksum = try Deflate.copy(
      bytes, isCompressed: facts.isCompressed, to: writer, limit: facts.size)
    guard writer.position == facts.size, checksum == facts.checksum else {
      throw ZipError("its member '\(name)' is damaged")
    }
    try writer.finish()
  }

  /// Where a member's bytes lie that are not compressed; nil for others.
  func stored(_ name: String) -> Range<Int>? {
    facts[name]?.isCompressed == false ? members[name] : nil
  }

  /// What the bytes of a member sum up to by CRC-32.
  func checksum(of name: String) -> UInt32? { facts[name]?.checksum }

  /// What a compressed member holds.
  ///
  /// - Throws: a clause when it is damaged, or holds more than `limit` bytes.
  func unpacked(_ name: String, of file: MappedFile, limit: Int) throws -> [UInt8] {
    guard let range = members[name], let facts = facts[name] else {
      throw ZipError("it has no member '\(name)'")
    }
    guard facts.size <= limit else {
      throw ZipError("its member '\(name)' claims to hold \(facts.size) bytes, which is too much")
    }
    let bytes = Deflate.bytes(
      UnsafeRawBufferPointer(rebasing: file.bytes[range]), count: facts.size)
    guard let bytes else { throw ZipError("its member '\(name)' is damaged") }
    return bytes
  }

  /// Refuses names that lead elsewhere.
  private static func check(_ name: String) throws {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(".."), !parts.contains(""), !name.contains("\\"), !name.contains("\0")
    else { throw ZipError("the name of its member '\(name)' leads out of the archive") }
  }

  /// Where the directory lies and how many members it names.
  private static func directory(of file: MappedFile) throws -> (range: Range<Int>, count: Int) {
    let size = file.bytes.count
    let (tail, signature) = (22, UInt32(0x0605_4B50))
    var place = size - tail
    // A comment of at most 65535 bytes may follow.
    while place >= max(0, size - tail - 65535), file.load(UInt32.self, at: place) != signature {
      place -= 1
    }
    guard place >= max(0, size - tail - 65535) else {
      throw ZipError("it has no directory: it is cut short")
    }
    var count = Int(file.load(UInt16.self, at: place + 10))
    var length = UInt64(file.load(UInt32.self, at: place + 12))
    var start = UInt64(file.load(UInt32.self, at: place + 16))
    if count == 0xFFFF || start == 0xFFFF_FFFF || length == 0xFFFF_FFFF {
      // Larger numbers stand in a record of their own, which a locator names.
      guard place >= 20, file.load(UInt32.self, at: place - 20) == 0x0706_4B50,
        let large = Int(exactly: file.load(UInt64.self, at: place - 12)), large >= 0,
        large <= size - 56, file.load(UInt32.self, at: large) == 0x0606_4B50
      else { throw ZipError("its directory is damaged") }
      count = Int(clamping: file.load(UInt64.self, at: large + 32))
      length = file.load(UInt64.self, at: large + 40)
      start = file.load(UInt64.self, at: large + 48)
    }
    guard start <= UInt64(place), length <= UInt64(place) - start, count <= Int(length) / 46 else {
      throw ZipError("its directory is damaged")
    }
    return (Int(start)..<Int(start + length), count)
  }
}

/// What is wrong with an archive, in a clause.
struct ZipError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension ZipArchive {
  /// One member in the directory.
  private struct Entry {
    let name: String
    let method: UInt16
    let size: UInt64
    let checksum: UInt32
    private let stored: UInt64
    private let header: UInt64
    /// Where the next one begins.
    let end: Int

    init(_ file: MappedFile, at place: Int, limit: Int) throws {
      let damaged = ZipError("its directory is damaged")
      guard place <= limit - 46, file.load(UInt32.self, at: place) == 0x0201_4B50 else {
        throw damaged
      }
      func short(_ offset: Int) -> Int { Int(file.load(UInt16.self, at: place + offset)) }
      let (nameLength, extraLength) = (short(28), short(30))
      end = place + 46 + nameLength + extraLength + short(32)
      guard end <= limit else { throw damaged }
      method = UInt16(short(10))
      let nameStart = place + 46
      let bytes = UnsafeRawBufferPointer(
        rebasing: file.bytes[nameStart..<(nameStart + nameLength)])
      guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty else {
        throw ZipError("a member's name is not UTF-8")
      }
      self.name = name
      var stored = UInt64(file.load(UInt32.self, at: place + 20))
      var full = UInt64(file.load(UInt32.self, at: place + 24))
      var header = UInt64(file.load(UInt32.self, at: place + 42))
      // Numbers of more than 32 bits stand in an extra field, in this order.
      var field = nameStart + nameLength
      let last = field + extraLength
      while field + 4 <= last {
        let length = Int(file.load(UInt16.self, at: field + 2))
        guard field + 4 + length <= last else { break }
        if file.load(UInt16.self, at: field) == 1 {
          var next = field + 4
          func large(_ value: UInt64) throws -> UInt64 {
            guard value == 0xFFFF_FFFF else { return value }
            guard next + 8 <= field + 4 + length else { throw damaged }
            defer { next += 8 }
            return file.load(UInt64.self, at: next)
          }
          full = try large(full)
          stored = try large(stored)
          header = try large(header)
        }
        field += 4 + length
      }
      guard stored == full || method != 0 else { throw damaged }
      (size, self.stored, self.header) = (full, stored, header)
      checksum = file.load(UInt32.self, at: place + 16)
    }

    /// Where the bytes lie.
    func data(in file: MappedFile, before limit: Int) throws -> Range<Int> {
      let damaged = ZipError("its member '\(name)' does not lie where the directory says")
      guard header <= UInt64(max(limit - 30, 0)), limit >= 30,
        file.load(UInt32.self, at: Int(header)) == 0x0403_4B50
      else { throw damaged }
      let place = Int(header)
      let start =
        place + 30 + Int(file.load(UInt16.self, at: place + 26))
        + Int(file.load(UInt16.self, at: place + 28))
      guard start <= limit, stored <= UInt64(limit - start) else { throw damaged }
      return start..<(start + Int(stored))
    }
  }
}
