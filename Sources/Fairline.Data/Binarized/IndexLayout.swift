import FairlineFoundation

/// Where an index file says the sequences lie, read in place and checked once.
struct IndexLayout: Sendable {
  let count: Int
  let elementType: ElementType
  /// What is added to a stored value to get the id: -1 in files of the Lua era.
  let bias: Int
  private let file: MappedFile
  private let lengthsAt: Int
  private let lengthWidth: Int
  private let offsetsAt: Int
  private let offsetUnit: Int
  private let hasEndOffset: Bool

  private static let magic = Array("MMIDIDX\0\0".utf8)
  private static let legacyMagic = Array("TNTIDX\0\0".utf8)

  /// Reads the header of an index file in today's or in the legacy format.
  init(_ file: MappedFile) throws {
    if file.bytes.starts(with: Self.magic) {
      try self.init(current: file)
    } else if file.bytes.starts(with: Self.legacyMagic) {
      try self.init(legacy: file)
    } else {
      throw UserError(
        "'\(file.path)' is not an index of binarised text; run fairline-preprocess again")
    }
  }

  /// Elements in a sequence.
  func length(_ index: Int) -> Int {
    lengthWidth == 4
      ? Int(file.load(Int32.self, at: lengthsAt + 4 * index))
      : Int(file.load(Int64.self, at: lengthsAt + 8 * index))
  }

  /// Where a sequence begins in the data file, in bytes.
  func offset(_ index: Int) -> Int {
    storedOffset(index) * offsetUnit
  }

  private func storedOffset(_ index: Int) -> Int {
    Int(file.load(Int64.self, at: offsetsAt + 8 * index))
  }

  /// Magic (9 bytes), version (8), type code (1), N (8), N lengths (4 each), N offsets (8 each).
  private init(current file: MappedFile) throws {
    try Self.require(file, size: 26)
    try Self.requireVersion(file, at: 9)
    let code = file.load(UInt8.self, at: 17)
    let stated = file.load(UInt64.self, at: 18)
    guard let type = ElementType(code: UInt64(code)) else {
      throw Self.damaged(file, "has the unknown element type \(code)")
    }
    let rest = UInt64(file.bytes.count - 26)
    guard rest.isMultiple(of: 12), rest / 12 == stated else {
      throw Self.damaged(
        file, "promises \(stated) sequences but its size fits \(rest / 12): it is truncated")
    }
    self.file = file
    count = Int(stated)
    elementType = type
    bias = 0
    lengthsAt = 26
    lengthWidth = 4
    offsetsAt = 26 + 4 * count
    offsetUnit = 1
    hasEndOffset = false
  }

  /// Magic (8), version, type code, width, N, S, N + 1 dimension offsets, N + 1 data offsets in
  /// elements, S sizes: 8 bytes each.
  private init(legacy file: MappedFile) throws {
    try Self.require(file, size: 48)
    try Self.requireVersion(file, at: 8)
    let code = file.load(UInt64.self, at: 16)
    let width = file.load(UInt64.self, at: 24)
    guard let type = ElementType(code: code, width: width) else {
      throw Self.damaged(file, "has the unknown element type \(code) of \(width) bytes")
    }
    let stated = file.load(UInt64.self, at: 32)
    let sizes = file.load(UInt64.self, at: 40)
    let words = UInt64(file.bytes.count - 48) / 8
    guard stated < words, sizes == stated, 3 * stated + 2 == words,
      file.bytes.count.isMultiple(of: 8)
    else {
      throw Self.damaged(
        file, "promises \(stated) sequences of one dimension, which does not fit its size")
    }
    guard (0...Int(stated)).allSatisfy({ file.load(Int64.self, at: 48 + 8 * $0) == Int64($0) })
    else { throw Self.damaged(file, "has sequences of other than one dimension") }
    self.file = file
    count = Int(stated)
    elementType = type
    bias = -1
    lengthsAt = 48 + 16 * (count + 1)
    lengthWidth = 8
    offsetsAt = 48 + 8 * (count + 1)
    offsetUnit = type.width
    hasEndOffset = true
  }

  /// Checks that the sequences follow each other and fill a data file of `size` bytes exactly.
  func validate(dataSize size: Int) throws {
    var expected = 0
    for index in 0..<count {
      let length = length(index)
      guard length >= 0 else {
        throw Self.damaged(file, "gives sequence \(index) the length \(length)")
      }
      guard storedOffset(index) == expected / offsetUnit else {
        throw Self.damaged(file, "has lengths and offsets that disagree at sequence \(index)")
      }
      let (bytes, overflow) = length.multipliedReportingOverflow(by: elementType.width)
      guard !overflow, bytes <= size - expected else {
        throw UserError(
          "the data file beside '\(file.path)' ends before sequence \(index) does: it is "
            + "truncated; run fairline-preprocess again")
      }
      expected += bytes
    }
    guard !hasEndOffset || storedOffset(count) == expected / offsetUnit else {
      throw Self.damaged(file, "has lengths and offsets that disagree at its end")
    }
    guard expected == size else {
      throw UserError(
        "the data file beside '\(file.path)' has \(size) bytes, but the index describes "
          + "\(expected); run fairline-preprocess again")
    }
  }

  private static func require(_ file: MappedFile, size: Int) throws {
    guard file.bytes.count >= size else { throw damaged(file, "is truncated in its header") }
  }

  private static func requireVersion(_ file: MappedFile, at offset: Int) throws {
    let version = file.load(UInt64.self, at: offset)
    guard version == 1 else {
      throw damaged(file, "has format version \(version), and only 1 is known")
    }
  }

  private static func damaged(_ file: MappedFile, _ what: String) -> UserError {
    UserError("the index '\(file.path)' \(what); run fairline-preprocess again")
  }
}
