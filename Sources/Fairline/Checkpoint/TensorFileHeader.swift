/// A tensor in a file: its name, type, shape, and where its bytes lie.
public struct TensorEntry: Equatable, Sendable {
  /// The name, unique in the file.
  public var name: String
  /// The type of the elements as stored.
  public var element: TensorElement
  /// The length of each axis; no axes for a single number.
  public var shape: [Int]
  /// The bytes, counted from the end of the header.
  var range: Range<Int>

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}

/// The JSON header of a safetensors file.
struct TensorFileHeader {
  /// No header is longer, in bytes.
  static let limit = 100_000_000
  /// The metadata key with the checksums of all tensors, a JSON object in a string.
  static let checksumsKey = "fairline.tensors.xxh64"
  /// The metadata key with the checksum of everything else in the header.
  static let digestKey = "fairline.header.xxh64"

  var entries: [TensorEntry]
  var metadata: [String: String]
  var checksums: [String: String] = [:]

  /// A header that is to be written.
  init(entries: [TensorEntry], metadata: [String: String]) {
    self.entries = entries
    self.metadata = metadata
  }

  /// The header's JSON with the checksums; its length depends on names, shapes and metadata only.
  func text() -> String {
    var sums = JSONObject()
    for entry in entries {
      sums[entry.name] = .string(checksums[entry.name] ?? XXH64.text(0))
    }
    var all = metadata
    all[Self.checksumsKey] = JSONValue.object(sums).compactText
    let digest = XXH64.hash(Self.canonical(entries, all))
    all[Self.digestKey] = XXH64.text(digest)
    return Self.json(entries, all)
  }

  private static func canonical(_ entries: [TensorEntry], _ metadata: [String: String]) -> String {
    json(entries.sorted { $0.name < $1.name }, metadata)
  }

  private static func json(_ entries: [TensorEntry], _ metadata: [String: String]) -> String {
    var members = JSONObject()
    var strings = JSONObject()
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { strings[key] = .string(value) }
    members["__metadata__"] = .object(strings)
    for entry in entries {
      members[entry.name] = [
        "dtype": .string(entry.element.rawValue),
        "shape": .array(entry.shape.map { .integer($0) }),
        "data_offsets": [.integer(entry.range.lowerBound), .integer(entry.range.upperBound)],
      ]
    }
    return JSONValue.object(members).compactText
  }

  /// Reads and checks a header; throws a sentence.
  ///
  /// - Parameters:
  ///   - bytes: the header's bytes.
  ///   - dataSize: the number of bytes behind it, all of which must belong to tensors.
  init(_ bytes: UnsafeRawBufferPointer, dataSize: Int) throws(JSONError) {
    guard bytes.first == UInt8(ascii: "{") else { throw JSONError("no header at its place") }
    guard case .object(var members) = try JSONValue(parsing: bytes) else {
      throw JSONError("no header at its place")
    }
    metadata = [:]
    if let found = members["__metadata__"] {
      guard case .object(let strings) = found else { throw JSONError("metadata of a wrong type") }
      for (key, value) in strings {
        guard case .string(let text) = value else { throw JSONError("metadata of a wrong type") }
        metadata[key] = text
      }
      members["__metadata__"] = nil
    }
    entries = []
    for (name, value) in members { entries.append(try Self.entry(name, value)) }
    try checkLayout(dataSize)
    try checkDigest()
  }

  private static func entry(_ name: String, _ value: JSONValue) throws(JSONError) -> TensorEntry {
    guard case .object(let fields) = value, fields.count == 3,
      let type = fields["dtype"]?.stringValue, let axes = fields["shape"]?.arrayValue,
      let offsets = fields["data_offsets"]?.arrayValue, offsets.count == 2,
      case .integer(let start) = offsets[0], case .integer(let end) = offsets[1]
    else { throw JSONError("tensor '\(name)' is not described as it should be") }
    guard let element = TensorElement(rawValue: type) else {
      throw JSONError("tensor '\(name)' has the unknown type \(type)")
    }
    var size = element.size
    var shape: [Int] = []
    for axis in axes {
      guard case .integer(let length) = axis, length >= 0 else {
        throw JSONError("tensor '\(name)' has an impossible shape")
      }
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      guard !overflow else { throw JSONError("tensor '\(name)' has an impossible shape") }
      size = product
      shape.append(length)
    }
    guard start >= 0, end >= start, end - start == size else {
      throw JSONError("tensor '\(name)' has a shape and a place that do not agree")
    }
    return TensorEntry(name: name, element: element, shape: shape, range: start..<end)
  }

  /// All bytes belong to exactly one tensor.
  private func checkLayout(_ dataSize: Int) throws(JSONError) {
    var position = 0
    let ordered = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in ordered {
      guard entry.range.lowerBound == position else {
        throw JSONError("the bytes before tensor '\(entry.name)' belong to none or to two")
      }
      position = entry.range.upperBound
    }
    guard position == dataSize else {
      throw JSONError("the tensors take \(position) bytes, the file has \(dataSize)")
    }
  }

  private mutating func checkDigest() throws(JSONError) {
    let digest = metadata.removeValue(forKey: Self.digestKey)
    if digest == nil {
      guard !metadata.keys.contains(where: { $0.hasPrefix("fairline.") }) else {
        throw JSONError("the header's checksum is missing")
      }
      return
    }
    guard digest == XXH64.text(XXH64.hash(Self.canonical(entries, metadata))) else {
      throw JSONError("the header's checksum does not match")
    }
    guard let text = metadata.removeValue(forKey: Self.checksumsKey),
      case .object(let sums) = try JSONValue(parsing: text)
    else { throw JSONError("the tensors' checksums are missing") }
    for (name, sum) in sums { checksums[name] = sum.stringValue }
  }
}
