public import Fairline

/// The neural-ODE Transformer.
public enum NodeTransformerPlugin: Plugin {
  /// Adds its architectures.
  public static func register(in catalog: inout Catalog) throws {
    let presets: [(String, String, NodeTransformerConfiguration)] = [
      ("node_transformer", "a Transformer with neural-ODE sides", NodeTransformerConfiguration()),
      (
        "node_transformer_wmt_en_fr", "another name of node_transformer",
        NodeTransformerConfiguration()
      ),
      (
        "node_transformer_iwslt_de_en", "NODE encoder of 3 pieces, 2 classic decoder layers",
        .iwslt
      ),
    ]
    for (name, summary, preset) in presets {
      try catalog.architectures.add(name, summary, preset: preset) { settings, context in
        let model = try NodeTransformer(
          settings, for: context.task, seed: context.seed, values: context.firstValues)
        if let path = settings.node.nodeInitFrom, !context.isFilledFromFile {
          try WarmStart(from: path, importers: context.importers).fill(model)
        }
        return model
      }
    }
  }
}
