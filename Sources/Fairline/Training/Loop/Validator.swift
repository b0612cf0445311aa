import FairlineTensor

/// Computes a model's losses on a task's validation sets.
struct Validator {
  let model: any Model
  let criterion: any Criterion
  let task: any Task
  let metric: String
  /// The ranks that share the batches; all of them make the same calls.
  var exchange: any GradientExchange = SingleRank()

  /// The losses on every set, in the task's order; sums run over the whole set.
  ///
  /// The first rank alone has what the task measures, and the metric.
  func run(epoch: Int, updates: Int) throws -> [Validation] {
    var results: [Validation] = []
    for name in task.validationSets {
      var result = try Validation(
        of: model, on: name, of: task, by: criterion, epoch: epoch, updates: updates,
        on: exchange)
      if results.isEmpty, exchange.role.writes { result.metric = try value(result) }
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
    try self.init(
      of: model, on: name, of: task, by: criterion, epoch: epoch, updates: updates,
      on: SingleRank(), advanced: advanced)
  }

  /// Computes the losses on several ranks: each takes every n-th batch, and all add what was
  /// measured in the order of batches, as one rank does.
  init(
    of model: any Model, on name: String, of task: any Task, by criterion: any Criterion,
    epoch: Int, updates: Int, on exchange: any GradientExchange,
    advanced: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws {
    self.init(name: name, epoch: epoch, updates: updates)
    let begun = Seconds.now()
    let source = try task.validation(name)
    let (rank, count) = (exchange.role.rank, exchange.role.count)
    var own: [BatchMeasure] = []
    for index in stride(from: rank, to: source.count, by: count) {
      let pass = ForwardPass.evaluation()
      let batch = try source.batch(index)
      let record = criterion(model, batch, pass).record
      own.append(BatchMeasure(record: record, statistics: pass.statistics))
      advanced(index + 1, source.count)
    }
    let all = try exchange.gather(own)
    for index in 0..<source.count {
      let measured = all[index % count][index / count]
      record.add(measured.record)
      statistics.merge(measured.statistics)
    }
    batches = source.count
    if exchange.role.writes {
      measures = try task.measures(of: model, on: name).map { ReportColumn($0, $1, digits: 2) }
    }
    seconds = Seconds.now() - begun
  }
}

/// What was measured of a batch without training.
private struct BatchMeasure: Codable, Sendable {
  let record: LossRecord
  let statistics: Statistics
}
