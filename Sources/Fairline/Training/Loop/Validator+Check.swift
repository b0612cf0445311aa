import FairlineTensor

extension Validator {
  /// Refuses validation sets that are not there or empty, measures that cannot be taken, and a
  /// metric that is none of them, before anything is trained.
  func check() throws {
    for name in task.validationSets where try task.validation(name).count == 0 {
      throw UserError(
        "the validation set '\(name)' has no sentences within the limits: name another one in"
          + " --valid-subset, or give --disable-validation")
    }
    guard let first = task.validationSets.first else { return }
    let measures = try task.measureNames(of: model, on: first)
    // Every criterion has these; what else it measures a batch must tell.
    let common = LossRecord().columns.map(\.key)
    guard !(common + measures).contains(metric) else { return }
    let batch = try task.validation(first).batch(0)
    let columns = criterion(model, batch, ForwardPass.evaluation()).record.columns.map(\.key)
    guard !columns.contains(metric) else { return }
    throw isNotMeasured(on: first, known: columns + measures)
  }

  /// The error of a metric that is none of those that are measured.
  func isNotMeasured(on name: String, known: [String]) -> UserError {
    UserError(
      "--best-checkpoint-metric \(metric) is not measured on '\(name)': choose one of "
        + known.joined(separator: ", "))
  }
}
