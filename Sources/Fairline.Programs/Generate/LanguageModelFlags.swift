import Fairline
import FairlineGeneration
import FairlineTensor

extension OutputSettings {
  /// What adds the scores of the language model that is asked for; nothing without one.
  ///
  /// - Throws: `UserError` when the model reads a source or has other symbols.
  func fusion(
    with task: any GenerationTask, _ catalog: Catalog, _ search: GenerationSettings
  ) throws -> [any ScorerFactory] {
    guard let lmPath else {
      guard lmWeight == 0 else {
        throw UserError("--lm-weight needs --lm-path: name the language model")
      }
      return []
    }
    guard !search.scoreReference else {
      throw UserError("--score-reference searches for nothing: leave out --lm-path")
    }
    let file = try ModelFile.load(lmPath, importers: catalog.importers)
    let described = file.header.description
    guard !described.hasSource else {
      throw UserError(
        "--lm-path \(lmPath) is a model that translates: give a language model of the target side")
    }
    let (own, other) = (task.identity["target dictionary"], file.header.identity["dictionary"])
    let differs = own != nil && other != nil && own != other
    guard described.targetSymbols == task.description.targetSymbols, !differs else {
      throw UserError(
        "--lm-path \(lmPath) has another dictionary (\(described.targetSymbols) symbols) than the "
          + "target side (\(task.description.targetSymbols)): train it with --srcdict of that side")
    }
    // Without a weight nothing is added, which costs nothing.
    guard lmWeight != 0 else { return [] }
    var preparation = SearchPreparation()
    preparation.precision = quantize == .int8 ? .int8 : .float32
    let model = try file.makeModel(catalog, forSearch: true)
    return [LanguageModelFusion(model, weight: Float(lmWeight), preparation: preparation)]
  }
}
