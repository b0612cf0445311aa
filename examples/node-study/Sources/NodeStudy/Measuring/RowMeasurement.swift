import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import FairlineScoring
import FairlineTensor

/// What is measured of a trained row: its translations, and how it fares under a finer adaptive
/// solver.
struct RowMeasurement {
  let row: StudyRow
  let plan: StudyPlan
  let settings: StudySettings
  let modelPath: String
  let data: StudyData

  /// The tolerance of the finer solver.
  static let auditTolerance = 1e-3
  /// Sentences that the finer solver is tried on.
  private static let auditSentences = 256

  /// The trained model under dopri5 at a finer tolerance and under its own scheme; nil for a model
  /// without a NODE.
  func audit() throws -> RowResult.Audit? {
    guard row.isNode else { return nil }
    let most = Self.auditSentences
    let count = plan.validSentences > 0 ? min(plan.validSentences, most) : most
    let task = StudyTask(data.task.base, validSentences: count)
    let fine = try model([
      "nodeEvalMethod": "dopri5", "nodeEvalSteps": 0, "nodeMaxEvaluations": 1000,
      "nodeEvalRtol": .number(Self.auditTolerance), "nodeEvalAtol": .number(Self.auditTolerance),
    ])
    return RowResult.Audit(
      own: try Measurement(try model([:]), on: task), fine: try Measurement(fine, on: task))
  }

  /// Translates the plan's subset and scores it with sacreBLEU's BLEU; nil where there are no
  /// references.
  ///
  /// A decoder with adaptive steps would solve every prefix anew: it is searched with two steps of
  /// rk4.
  func translate(_ signals: SignalWatch) throws -> RowResult.Translation? {
    let onGrid: JSONValue = ["nodeEvalMethod": "rk4", "nodeEvalSteps": 2]
    let loaded = try LoadedModels(
      [try ModelFile.load(modelPath)], data.catalog, data: settings.data,
      overrides: row.isAdaptive && row.hasNodeDecoder ? onGrid : [:])
    let inputs = try chosen(try loaded.task.generationInputs(plan.subset))
    guard inputs.inputs.contains(where: { $0.reference != nil }) else { return nil }
    var configuration = TranslatorSettings()
    configuration.search.beam = plan.beam
    (configuration.search.maxLenA, configuration.search.maxLenB) = (1.2, 10)
    configuration.postProcessing = try joining(loaded.task.text)
    let translator = try Translator(loaded, configuration: configuration)
    func text(_ tokens: [Int32]?, unknown: String) -> String {
      loaded.task.text.target.decode(
        tokens ?? [], postProcessing: configuration.postProcessing,
        unknown: .replaced(by: unknown))
    }
    let begun = Seconds.now()
    var (hypotheses, references): ([String], [String]) = ([], [])
    let limits = BatchLimits(maxTokens: 4 * plan.maxTokens, maxSentences: 128)
    let batches = try inputs.batches(
      limits, lengths: translator.lengthLimits, policy: .drop, seed: nil
    ).batches
    try translator.generate(batches, of: inputs) { batch, found in
      if case .stop(let signal) = signals.interruption { throw Stopped(signal: signal) }
      hypotheses += found.map { text($0.first?.tokens, unknown: "UNKNOWNTOKENINHYP") }
      references += batch.map { text($0.reference, unknown: "UNKNOWNTOKENINREF") }
    }
    let seconds = Seconds.now() - begun
    let score = try SacreBLEU().score(hypotheses, references: [references])
    return RowResult.Translation(bleu: score.score, sentences: hypotheses.count, seconds: seconds)
  }

  /// The sentences to translate, evenly chosen from the set.
  private func chosen(_ all: any GenerationInputs) throws -> ListedInputs {
    let wanted = plan.sentences > 0 ? min(plan.sentences, all.count) : all.count
    return ListedInputs((0..<wanted).map { all[$0 * all.count / wanted] })
  }

  /// How units are joined: as the settings say, else as the data show.
  private func joining(_ text: TaskText) throws -> PostProcessing {
    if let asked = settings.postProcess { return try PostProcessing(asked) }
    if let own = text.targetTokenizer?.postProcessing { return own }
    let joins = (0..<text.target.count).contains {
      text.target.symbol(Int32($0)).hasSuffix("@@")
    }
    return joins ? .subwordNMT(marker: "@@ ") : .none
  }

  private func model(_ overrides: JSONValue) throws -> any Model {
    try ModelFile.load(modelPath).makeModel(data.catalog, overrides: overrides)
  }
}
