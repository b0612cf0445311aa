import Fairline
import FairlinePrograms
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
    let task = StudyTask(data.task.translation, validSentences: count)
    let fine = try model([
      "nodeEvalMethod": "dopri5", "nodeEvalSteps": 0, "nodeMaxEvaluations": 1000,
      "nodeEvalRtol": .number(Self.auditTolerance), "nodeEvalAtol": .number(Self.auditTolerance),
    ])
    return RowResult.Audit(
      own: try Measurement(try model([:]), on: task), fine: try Measurement(fine, on: task))
  }

  /// Translates the plan's subset and scores it; nil where there are no references.
  ///
  /// A decoder with adaptive steps would solve every prefix anew: it is searched with two steps of
  /// rk4.
  func translate(_ signals: SignalWatch) throws -> RowResult.Translation? {
    let isNodeDecoder = row.configuration(settings).node.nodeDecoder
    let onGrid: JSONValue = ["nodeEvalMethod": "rk4", "nodeEvalSteps": 2]
    let model = try model(row.isAdaptive && isNodeDecoder ? onGrid : [:])
    return try Translator(plan: plan, postProcess: settings.postProcess).score(
      model, data.task.translation, signals)
  }

  private func model(_ overrides: JSONValue) throws -> any Model {
    try ModelFile.load(modelPath).makeModel(data.catalog, overrides: overrides)
  }
}
