import Fairline

extension Shortlist {
  private static let key = "shortlist"
  private static let version = 1

  /// Reads a file that ``write(to:)`` wrote.
  ///
  /// - Throws: `UserError` when it is no shortlist, `TensorFileError` when it is damaged.
  public init(contentsOf path: String) throws {
    let file = try TensorFile(path: path)
    guard let text = file.metadata[Self.key], let header = try? JSONValue(parsing: text) else {
      throw UserError("\(path) is no shortlist: make one with fairline-shortlist")
    }
    guard header["version"]?.integerValue == Self.version else {
      throw UserError("\(path) is a shortlist of another version: make it anew")
    }
    func numbers(_ name: String) throws -> [Int32] {
      guard try file.entry(name).element == .int32 else {
        throw UserError("\(path) is a damaged shortlist: make it anew")
      }
      return try file.withBytes(of: name) { bytes in
        (0..<(bytes.count / 4)).map {
          Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))
        }
      }
    }
    frequent = try numbers("frequent")
    offsets = try numbers("offsets")
    symbols = try numbers("symbols")
    targetSymbols = header["targetSymbols"]?.integerValue ?? 0
    var identity: [String: String] = [:]
    if case .object(let members)? = header["identity"] {
      for (name, value) in members { identity[name] = value.stringValue }
    }
    self.identity = identity
    additions = Additions(header)
    let limit = Int32(clamping: targetSymbols)
    let isSound =
      offsets.first == 0 && offsets.last == Int32(clamping: symbols.count)
      && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
      && (frequent + symbols).allSatisfy { $0 >= 0 && $0 < limit } && additions.isSound
    guard isSound else { throw UserError("\(path) is a damaged shortlist: make it anew") }
  }

  /// Writes the shortlist as a safetensors file of whole numbers.
  public func write(to path: String) throws {
    let tensors = [("frequent", frequent), ("offsets", offsets), ("symbols", symbols)]
    var names = JSONObject()
    for (name, value) in identity.sorted(by: { $0.key < $1.key }) { names[name] = .string(value) }
    var header = JSONObject()
    header["version"] = .integer(Self.version)
    header["targetSymbols"] = .integer(targetSymbols)
    header["identity"] = .object(names)
    additions.write(to: &header)
    let writer = try TensorFileWriter(
      path: path, tensors: tensors.map { TensorDeclaration($0.0, [$0.1.count], .int32) },
      metadata: [Self.key: JSONValue.object(header).compactText])
    for (name, numbers) in tensors {
      try numbers.map(\.littleEndian).withUnsafeBytes { try writer.write(name, $0) }
    }
    try writer.finish()
  }
}

extension Shortlist.Additions {
  private enum Key {
    static let source = "addsSource"
    static let multiple = "multiple"
    static let next = "next"
  }

  /// Multiples that make sense.
  private static let multiples = 1...64

  /// What a header says; nothing is added where it says nothing.
  fileprivate init(_ header: JSONValue) {
    source = header[Key.source]?.boolValue ?? false
    multiple = header[Key.multiple]?.integerValue ?? 1
    next = Int32(clamping: header[Key.next]?.integerValue ?? 0)
  }

  fileprivate var isSound: Bool { Self.multiples.contains(multiple) && next >= 0 }

  /// Says in a header what is added, if anything is.
  fileprivate func write(to header: inout JSONObject) {
    if source { header[Key.source] = true }
    guard multiple > 1 else { return }
    header[Key.multiple] = .integer(multiple)
    header[Key.next] = .integer(Int(next))
  }
}
