/// The JSON header of a safetensors file.
struct TensorFileHeader {
  /// No header is longer, in bytes.
  static let limit = 100_000_000
  /// The metadata key with the checksums of all tensors, a JSON object in a string.
  static let checksumsKey = "fairline.tensors.xxh64"
  /// The metadata key with the checksum of everything else in the header.
  static let digestKey = "fairline.header.xxh64"

  let entries: [TensorEntry]
  /// The places of the names in ``entries``.
  let positions: [String: Int]
  var metadata: [String: String]
  var checksums: [String: String] = [:]

  /// A header that is to be written.
  ///
  /// - Precondition: no name stands twice.
  init(entries: [TensorEntry], metadata: [String: String]) {
    self.entries = entries
    self.metadata = metadata
    positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
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
    var (entries, positions) = ([TensorEntry](), [String: Int]())
    var found: JSONValue?
    try JSONValue.forEachMember(in: bytes) { name, value throws(JSONError) in
      if name == "__metadata__" {
        guard found == nil else { throw JSONError("the metadata stand twice") }
        found = value
      } else {
        guard positions.updateValue(entries.count, forKey: name) == nil else {
          throw JSONError("tensor '\(name)' stands twice")
        }
        entries.append(try Self.entry(name, value))
      }
    }
    self.entries = entries
    self.positions = positions
    metadata = try Self.metadata(found)
    try checkLayout(dataSize)
    try checkDigest()
  }

  private static func metadata(_ found: JSONValue?) throws(JSONError) -> [String: String] {
    guard let found else { return [:] }
    guard case .object(let strings) = found else { throw JSONError("metadata of a wrong type") }
    var metadata: [String: String] = [:]
    for (key, value) in strings {
      guard case .string(let text) = value else { throw JSONError("metadata of a wrong type") }
      metadata[key] = text
    }
    return metadata
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
    func isOrdered(_ left: TensorEntry, _ right: TensorEntry) -> Bool {
      (left.range.lowerBound, left.range.upperBound)
        < (right.range.lowerBound, right.range.upperBound)
    }
    let isWritten = zip(entries, entries.dropFirst()).allSatisfy { !isOrdered($1, $0) }
    for entry in isWritten ? entries : entries.sorted(by: isOrdered) {
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
