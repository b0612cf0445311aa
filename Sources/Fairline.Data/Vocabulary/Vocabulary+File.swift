import FairlineFoundation

extension Vocabulary {
  /// The last field of a line whose symbol replaces an earlier one.
  private static let overwriteFlag = Array("#fairseq:overwrite".utf8)

  /// Reads a dictionary file: `symbol count` on each line, special symbols left out.
  ///
  /// A line that ends in ` #fairseq:overwrite` gives a symbol that was seen before a new id.
  /// - Throws: a `UserError` naming file and line when a line has another form, a symbol comes
  ///   twice without the flag, or the text is not UTF-8.
  public init(contentsOf path: String, extraSpecials: [String] = []) throws {
    self.init(extraSpecials: extraSpecials)
    var reader = try TextBlockReader(path, blockSize: 1 << 20, longestLine: 1 << 20)
    var number = 0
    while let block = try reader.next() {
      try block.forEachLine { line in
        number += 1
        try addLine(line, at: "\(path):\(number)")
      }
    }
  }

  private mutating func addLine(_ line: UnsafeBufferPointer<UInt8>, at place: String) throws {
    var rest = line.dropLast(Words.trailingSpace(of: line))
    var field = Self.splitLastField(of: &rest)
    let overwrite = field.map { $0.elementsEqual(Self.overwriteFlag) } ?? false
    if overwrite { field = Self.splitLastField(of: &rest) }
    guard let field, let count = Int(String(decoding: field, as: UTF8.self)) else {
      let text = String(decoding: line, as: UTF8.self)
      throw UserError(
        "\(place): expected '<token> <count> [#fairseq:overwrite]', found '\(text)'")
    }
    let symbol = UnsafeBufferPointer(rebasing: rest)
    if !overwrite && table.find(symbol) != nil {
      let text = String(decoding: symbol, as: UTF8.self)
      throw UserError(
        "\(place): the symbol '\(text)' comes twice; remove one of its lines, or end this one "
          + "with ' #fairseq:overwrite' to replace the earlier symbol")
    }
    add(symbol, count: count, overwrite: overwrite)
  }

  /// Takes what stands after the last space off a line; nil when there is no space.
  private static func splitLastField(
    of line: inout Slice<UnsafeBufferPointer<UInt8>>
  ) -> Slice<UnsafeBufferPointer<UInt8>>? {
    guard let space = line.lastIndex(of: 0x20) else { return nil }
    let field = line[(space + 1)...]
    line = line[..<space]
    return field
  }

  /// Writes the dictionary file: `symbol count` on each line, special symbols left out.
  ///
  /// Symbols that replaced an earlier one keep their overwrite flag, so the file can be read back.
  /// - Throws: a `UserError` when the file cannot be written completely; then none is left.
  public func save(to path: String) throws {
    let file = try FileWriter(path)
    try file.write(serialized)
    try file.finish()
  }

  /// The bytes of the dictionary's file.
  public var serialized: [UInt8] {
    var bytes: [UInt8] = []
    for id in specialCount..<count {
      table.withBytes(of: id) { bytes.append(contentsOf: $0) }
      let flag = overwriting.contains(Int32(id)) ? " #fairseq:overwrite" : ""
      bytes.append(contentsOf: " \(counts[id])\(flag)\n".utf8)
    }
    return bytes
  }

  /// Reads the bytes of a dictionary file; `name` stands for the file in errors.
  public init(serialized bytes: [UInt8], name: String) throws {
    self.init()
    var number = 0
    try bytes.withUnsafeBufferPointer { bytes in
      try Lines.forEach(in: bytes) { line in
        number += 1
        try addLine(line, at: "\(name):\(number)")
      }
    }
  }
}
