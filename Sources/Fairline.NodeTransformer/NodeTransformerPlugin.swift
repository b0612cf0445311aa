public import Fairline

/// The neural-ODE Transformer, and the solvers it can be solved with.
public enum NodeTransformerPlugin: Plugin {
  /// Adds its architectures and FairlineODE's solvers.
  public static func register(in catalog: inout Catalog) throws {
    try catalog.solvers.addStandardSolvers()
    let presets: [(String, String, NodeTransformerSettings)] = [
      ("node_transformer", "a Transformer with neural-ODE sides", NodeTransformerSettings()),
      (
        "node_transformer_wmt_en_fr", "another name of node_transformer",
        NodeTransformerSettings()
      ),
      (
        "node_transformer_iwslt_de_en", "NODE encoder of 3 pieces, 2 classic decoder layers",
        .iwslt
      ),
    ]
    for (name, summary, preset) in presets {
      try catalog.architectures.add(name, summary, preset: preset) { settings, context in
        try filled(
          NodeTransformer(
            settings, for: context.task, seed: context.seed, values: context.firstValues,
            catalog: context.catalog), settings.node, layers: settings.nodeLayers, context)
      }
    }
    try registerLanguageModels(in: &catalog)
  }

  private static func registerLanguageModels(in catalog: inout Catalog) throws {
    let presets: [(String, String, NodeLanguageModelSettings)] = [
      (
        "node_transformer_lm", "a Transformer language model whose layers are neural ODEs",
        NodeLanguageModelSettings()
      ),
      ("node_transformer_lm_pieces", "the same with 3 pieces of depth and Heun steps", .pieces),
    ]
    for (name, summary, preset) in presets {
      try catalog.architectures.add(name, summary, preset: preset) { settings, context in
        try filled(
          NodeLanguageModel(
            settings, for: context.task, seed: context.seed, values: context.firstValues,
            catalog: context.catalog), settings.node, layers: settings.nodeLayers, context)
      }
    }
  }

  /// A model with the parameters of `--node-init-from`, where that is given and no other file fills
  /// it.
  private static func filled(
    _ model: any Model, _ settings: NodeSettings, layers: [String: Int], _ context: ModelContext
  ) throws -> any Model {
    if let path = settings.nodeInitFrom, !context.isFilledFromFile, !context.isCounted {
      try WarmStart(from: path, importers: context.catalog.importers)
        .fill(model.parameters, settings, layers: layers)
    }
    return model
  }
}
