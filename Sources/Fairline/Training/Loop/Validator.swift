import FairlineTensor

/// Computes a model's losses on a task's validation sets.
struct Validator {
  let model: any Model
  let criterion: any Criterion
  let task: any Task
  let metric: String

  /// The losses on every set, in the task's order; sums run over the whole set.
  func run(epoch: Int, updates: Int) throws -> [Validation] {
    var results: [Validation] = []
    for name in task.validationSets {
      let begun = Seconds.now()
      var result = Validation(name: name, epoch: epoch, updates: updates)
      let source = try task.validation(name)
      for index in 0..<source.count {
        let pass = ForwardPass.evaluation()
        let batch = try source.batch(index)
        result.record.add(criterion(model, batch, pass).record)
        result.statistics.merge(pass.statistics)
      }
      result.batches = source.count
      result.measures = try task.measures(of: model, on: name).map {
        ReportColumn($0, $1, digits: 2)
      }
      result.seconds = Seconds.now() - begun
      if results.isEmpty { result.metric = try value(result) }
      results.append(result)
    }
    return results
  }

  private func value(_ result: Validation) throws -> Double {
    guard let value = result.value(of: metric) else {
      throw isNotMeasured(
        on: result.name, known: (result.record.columns + result.measures).map(\.key))
    }
    return value
  }
}
