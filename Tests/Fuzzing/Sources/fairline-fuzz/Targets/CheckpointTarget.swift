import Fairline
import FairlineModels
import FairlinePrograms
import FairlineTasks
import FairlineTesting

/// Headers of checkpoints whose checksums are right: loading, and going on with training.
struct CheckpointTarget: FuzzTarget {
  private static let name = "a.safetensors"
  private let catalog: Catalog
  private let tensors: [(declaration: TensorDeclaration, bytes: [UInt8])]
  private let metadata: [String: String]

  init() throws {
    catalog = try Catalog([StandardTraining.self, StandardTasks.self, StandardModels.self])
    try TinyTraining.prepare()
    precondition(
      TinyTraining.run(["--max-update", "1", "--save-dir", "seed"]) == 0, "training failed")
    let file = try TensorFile(path: "seed/checkpoint_last.safetensors")
    tensors = try file.entries.map { entry in
      let declaration = TensorDeclaration(entry.name, entry.shape, entry.element)
      return (declaration, try file.withBytes(of: entry.name) { Array($0) })
    }
    metadata = file.metadata
  }

  func seeds() -> [[UInt8]] { [Array((metadata["checkpoint"] ?? "").utf8)] }

  var tokens: [String] { Hostile.numbers + ["null", "[]", "{}", "\"\"", "int8"] }

  func variant(of bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8]? {
    JSONVariants.variant(of: bytes, &numbers)
  }

  func read(_ bytes: [UInt8]) throws {
    var metadata = metadata
    metadata["checkpoint"] = String(decoding: bytes, as: UTF8.self)
    let writer = try TensorFileWriter(
      path: Self.name, tensors: tensors.map(\.declaration), metadata: metadata)
    for tensor in tensors {
      try tensor.bytes.withUnsafeBytes { try writer.write(tensor.declaration.name, $0) }
    }
    try writer.finish()
    let file = try ModelFile.load(Self.name, importers: catalog.importers)
    _ = try? file.makeModel(catalog)
    _ = try? file.makeTask(catalog)
    _ = TinyTraining.run(["--restore-file", Self.name, "--max-update", "2", "--no-save"])
  }
}
