import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import FairlineScoring
import FairlineTasks
import FairlineTensor
import Foundation

/// Translates a data set with beam search and scores the result with sacreBLEU's BLEU.
struct Translator {
  let plan: StudyPlan
  /// How subword units are joined; found by itself when nil.
  let postProcess: String?

  /// Translates; nil where there are no references.
  func score(
    _ model: any Model, _ task: TranslationTask, _ signals: SignalWatch
  ) throws -> RowResult.Translation? {
    let dataset = try task.dataset(plan.subset)
    guard dataset.targets != nil else { return nil }
    var search = GenerationSettings()
    search.beam = plan.beam
    search.maxLenA = 1.2
    search.maxLenB = 10
    let generator = try SequenceGenerator(models: [model], settings: search)
    let joining = try joining(task)
    func text(_ tokens: [Int32], _ unknown: String) -> String {
      task.vocabularies.target.decode(
        tokens, postProcessing: joining, unknown: .replaced(by: unknown))
    }
    let begun = Seconds.now()
    var (hypotheses, references): ([String], [String]) = ([], [])
    for batch in try batches(dataset, task) {
      if case .stop(let signal) = signals.interruption { throw Stopped(signal: signal) }
      let pairs = dataset.collate(batch)
      for (row, found) in generator.generate(pairs).enumerated() {
        hypotheses.append(text(found.first?.tokens ?? [], "UNKNOWNTOKENINHYP"))
        references.append(text(pairs.targets[row], "UNKNOWNTOKENINREF"))
      }
    }
    let seconds = Seconds.now() - begun
    let score = try SacreBLEU().score(hypotheses, references: [references])
    return RowResult.Translation(
      bleu: score.score, sentences: hypotheses.count, seconds: seconds)
  }

  /// Batches of the sentences to translate, evenly chosen from the set.
  private func batches(_ dataset: LanguagePairDataset, _ task: TranslationTask) throws -> [[Int]] {
    let wanted = plan.sentences > 0 ? min(plan.sentences, dataset.count) : dataset.count
    let chosen = Set((0..<wanted).map { $0 * dataset.count / max(wanted, 1) })
    let order = try task.lengthLimits.select(
      dataset.order(), sourceLengths: dataset.sourceLengths,
      targetLengths: dataset.targetLengths, policy: .drop
    ).kept.filter(chosen.contains)
    return try BatchLimits(maxTokens: 4 * plan.maxTokens, maxSentences: 128).batches(of: order) {
      dataset.length(of: $0)
    }
  }

  private func joining(_ task: TranslationTask) throws -> PostProcessing {
    if let postProcess { return try PostProcessing(postProcess) }
    if task.vocabularies.targetPieces != nil { return .sentencepiece }
    let vocabulary = task.vocabularies.target
    let joins = (0..<vocabulary.count).contains { vocabulary.symbol(Int32($0)).hasSuffix("@@") }
    return joins ? .subwordNMT(marker: "@@ ") : .none
  }
}
