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
      var result = try Validation(
        of: model, on: name, of: task, by: criterion, epoch: epoch, updates: updates)
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

extension Validation {
  /// Computes a model's losses on a set; sums run over the whole of it.
  ///
  /// - Parameters:
  ///   - name: one of the task's data subsets.
  ///   - epoch: the epoch that is reported.
  ///   - updates: the updates that are reported.
  ///   - advanced: hears how many batches are done, of how many.
  public init(
    of model: any Model, on name: String, of task: any Task, by criterion: any Criterion,
    epoch: Int = 1, updates: Int = 0, advanced: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws {
    self.init(name: name, epoch: epoch, updates: updates)
    let begun = Seconds.now()
    let source = try task.validation(name)
    for index in 0..<source.count {
      let pass = ForwardPass.evaluation()
      let batch = try source.batch(index)
      record.add(criterion(model, batch, pass).record)
      statistics.merge(pass.statistics)
      advanced(index + 1, source.count)
    }
    batches = source.count
    measures = try task.measures(of: model, on: name).map { ReportColumn($0, $1, digits: 2) }
    seconds = Seconds.now() - begun
  }
}
