import Fairline
import FairlineData
import FairlineGeneration
import FairlineNodeTransformer
import FairlineODE
import FairlineScoring

/// What this package adds to Fairline.
public enum GatedPlugin: Plugin {
  public static func register(in catalog: inout Catalog) throws {
    try catalog.architectures.add(
      "gated_transformer", "learned gates instead of layer normalisation",
      build: { try GatedTransformer($0, for: $1.task, seed: $1.seed) })
    try catalog.criteria.add(
      "focal", "counts well predicted symbols less",
      build: { settings, _ in FocalCriterion(settings) })
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
    try catalog.optimizers.add(
      "lion", "steps of one length in the direction of a mean", build: { try Lion($0, $1) })
    try catalog.schedulers.add(
      "newbob", "halves the rate once validation gains little",
      build: { NewbobSchedule($0, $1) })
    try catalog.solvers.add("ssp3", RungeKutta.ssp3.summary, RungeKutta.ssp3)
    try catalog.observers.add(
      "smooth_loss", "a moving mean of the loss", build: { settings, _ in SmoothLoss(settings) })
  }
}
