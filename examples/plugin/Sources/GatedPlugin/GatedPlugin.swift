import Fairline

/// What this package adds to Fairline.
public enum GatedPlugin: Plugin {
  public static func register(in catalog: inout Catalog) throws {
    try catalog.architectures.add(
      "gated_transformer", "learned gates instead of layer normalisation",
      build: { try GatedTransformer($0, for: $1.task, seed: $1.seed) })
    try catalog.criteria.add(
      "focal", "counts well predicted symbols less",
      build: { settings, _ in try FocalCriterion(settings) })
  }
}
