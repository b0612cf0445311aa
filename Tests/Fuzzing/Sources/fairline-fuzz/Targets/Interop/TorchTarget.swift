import Fairline
import FairlineInterop
import FairlineModels
import FairlineTasks

/// Whole files that torch wrote: pickles and zips, and models of fairseq in them.
struct TorchTarget: FuzzTarget {
  private let catalog: Catalog

  init() throws {
    catalog = try Catalog([
      StandardTraining.self, StandardTasks.self, StandardModels.self, StandardImporters.self,
    ])
    try Files.write("a 1\n".utf8, "dict.txt")
  }

  func seeds() throws -> [[UInt8]] { try Fixtures.seeds(of: "torch") }

  var tokens: [String] {
    [
      "args", "cfg", "model", "ctorch._utils\n_rebuild_tensor_v2\n", "cargparse\nNamespace\n",
      "ccollections\nOrderedDict\n", "ctorch\nFloatStorage\n", "cbuiltins\neval\n", "K\u{1}",
      "J", "G", "X", "PK\u{1}\u{2}", "PK\u{3}\u{4}", "encoder_layers", "encoder_embed_dim",
      "max_source_positions", "arch", "lstm", "fconv", "transformer_lm", "transformer_align",
    ]
  }

  func read(_ bytes: [UInt8]) throws {
    try Files.write(bytes, "a.pt")
    let file = try ModelFile.load("a.pt", importers: catalog.importers)
    _ = try? file.makeTask(catalog)
    _ = try file.makeModel(catalog)
  }
}
