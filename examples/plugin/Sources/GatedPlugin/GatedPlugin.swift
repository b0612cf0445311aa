import Fairline
import FairlineData
import FairlineGeneration
import FairlineScoring

/// What this package adds to Fairline.
public enum GatedPlugin: Plugin {
  public static func register(in catalog: inout Catalog) throws {
    try catalog.architectures.add(
      "gated_transformer", "learned gates instead of layer normalisation",
      build: { try GatedTransformer($0, for: $1.task, seed: $1.seed) })
    try catalog.criteria.add(
      "focal", "counts well predicted symbols less",
      build: { settings, _ in try FocalCriterion(settings) })
    try catalog.tasks.add(
      "copy", "copying random letters", build: { try CopyTask($0, $1) })
    try catalog.searches.add(
      "pruned_beam", "beam search without candidates far behind the best",
      build: { settings, _ in try PrunedBeam(settings) })
    try catalog.metrics.add(
      "exact", "share of sentences equal to a reference",
      build: { settings, _ in ExactMatch(settings) })
    try catalog.tokenizers.add(
      "letters", "letters of words", build: { settings, _ in LetterTokenizer(settings) })
    try catalog.importers.add(
      "raw_folder", "a folder of raw 32 bit floats with an index.json", RawFolder())
  }
}
