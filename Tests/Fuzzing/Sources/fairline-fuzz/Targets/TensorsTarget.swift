import Fairline
import FairlineModels
import FairlineTesting

/// Whole safetensors files, plain and compressed, and models in them.
struct TensorsTarget: FuzzTarget {
  private let catalog: Catalog

  init() throws { catalog = try Catalog([StandardTraining.self, StandardModels.self]) }

  func seeds() throws -> [[UInt8]] {
    try ["seed.safetensors", "seed.safetensors.zst"].flatMap { name in
      try TensorFile.write([("a", [2, 2], [1, 2, 3, 4]), ("b", [0], [])], to: name)
      let small = try Files.bytes(name)
      let mixed = try TensorFileWriter(
        path: name,
        tensors: [
          TensorDeclaration("half", [2], .float16), TensorDeclaration("count", [1], .int64),
          TensorDeclaration("data/dict", [3], .uint8),
        ], metadata: ["format": "pt", "checkpoint": #"{"formatVersion": 1}"#])
      for (tensor, size) in [("half", 4), ("count", 8), ("data/dict", 3)] {
        try [UInt8](repeating: 60, count: size).withUnsafeBytes { try mixed.write(tensor, $0) }
      }
      try mixed.finish()
      return [small, try Files.bytes(name)]
    }
  }

  var tokens: [String] {
    [
      "\"dtype\":", "\"shape\":", "\"data_offsets\":", "__metadata__", "\"F32\"", "\"I64\"",
      "[0,0]",
    ]
  }

  /// A header with another value, and its length before it.
  func variant(of bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8]? {
    let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.1) << (8 * $1.0) }
    guard bytes.count > 8, length > 0, length <= bytes.count - 8,
      let header = JSONVariants.variant(of: bytes[8..<(8 + length)], &numbers)
    else { return nil }
    let count = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return count + header + bytes[(8 + length)...]
  }

  func read(_ bytes: [UInt8]) throws {
    let isCompressed = bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
    let name = isCompressed ? "a.safetensors.zst" : "a.safetensors"
    try Files.write(bytes, name)
    let file = try TensorFile(path: name)
    for entry in file.entries {
      let floats = try? file.floats(entry.name)
      precondition(floats == nil || floats?.count == entry.count, "another number of elements")
      _ = try? file.integers(entry.name)
    }
    let model = try ModelFile.load(name, importers: catalog.importers)
    _ = try model.makeModel(catalog)
  }
}
