import Fairline
import FairlineTensor

/// A model without structure: each target symbol is predicted from the symbol before it.
///
/// Its observers stay with the thread that trains.
final class ToyModel: Model, @unchecked Sendable {
  let parameters: ParameterSet
  let maximumPositions = (source: 64, target: 64)
  let observers: [any TrainingObserver]
  private let table: Embedding
  private let hidden: Linear
  private let dropout: Double
  private let poison: Int?
  private let refusal: Refusal?
  var computesSentencesApart: Bool { refusal == nil }

  /// Refuses a share of the batches.
  struct Refusal {
    var wish: BatchRefusal.Wish
    var share: Double
  }

  /// - Parameters:
  ///   - poison: a sentence whose batch makes the loss infinite.
  ///   - refusal: which batches must not change the parameters.
  init(
    dropout: Double, poison: Int? = nil, refusal: Refusal? = nil,
    observers: [any TrainingObserver] = []
  ) {
    self.refusal = refusal
    let space = ParameterSpace(seed: 3)
    table = Embedding(space.part("table"), symbols: 11, channels: 16)
    hidden = Linear(space.part("hidden"), inputs: 16, outputs: 16)
    parameters = ParameterSet(space)
    self.dropout = dropout
    self.poison = poison
    self.observers = observers
  }

  func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    var states = table(batch.decoderInput, pass)  // [target, channel]
    states = hidden(states, pass).droppedOut(pass.dropout(dropout))
    if let poison, pass.isTraining, batch.ids.contains(poison) { states = states * Float.infinity }
    if let refusal, pass.isTraining {
      // A draw of its own for each batch: an update that changed nothing leaves the pass'
      // randomness as it was.
      var random = RandomSource(seed: pass.random.key ^ UInt64(batch.ids[0]))
      if random.uniform() < refusal.share {
        pass.refuse(BatchRefusal("too hard", wish: refusal.wish))
      }
    }
    pass.record(pass.isTraining ? 3 : 50, at: "encoder.0.evaluations")
    pass.record(pass.isTraining ? 4 : 50, at: "encoder.1.evaluations")
    return ModelOutput(states: states, projection: pass.value(of: table.weight))
  }
}

/// Sentences that count upwards, in batches of three, in another order in each epoch.
final class ToyTask: Task {
  struct Source: BatchSource {
    let batches: [[Int]]
    var count: Int { batches.count }
    var fingerprint: String? { "\(batches)" }

    func batch(_ index: Int) throws -> Batch {
      let ids = batches[index]
      let targets = ids.map { id in (0...(id % 4)).map { Int32(4 + (id + $0) % 7) } + [2] }
      return Batch.pairs(ids: ids, sources: targets, targets: targets)
    }
  }

  let description = TaskDescription(
    sourceSymbols: 11, targetSymbols: 11, sharesVocabulary: true)
  let identity = ["dictionary": "toy"]
  let validationSets = ["valid", "other"]
  private(set) var restriction: (source: Int, target: Int)?
  private let sentences: Int

  init(sentences: Int = 22) { self.sentences = sentences }

  func trainingEpoch(_ epoch: Int) throws -> any BatchSource {
    let order = (0..<sentences).map { ($0 * 7 + epoch * 5) % sentences }
    return Source(
      batches: stride(from: 0, to: sentences, by: 3).map {
        Array(order[$0..<min($0 + 3, sentences)])
      })
  }

  func validation(_ name: String) throws -> any BatchSource {
    Source(batches: [[0, 1, 2], [3, 4]])
  }

  func restrict(toMaximumPositions positions: (source: Int, target: Int)) {
    restriction = positions
  }
}

/// Remembers every event.
final class Witness: TrainingObserver {
  var updates: [Update] = []
  var validations: [Validation] = []
  var epochs: [EpochDescription] = []
  var moments: [SavePoint] = []
  var reason: StopReason?

  func updated(_ update: Update) { updates.append(update) }
  func validated(_ validation: Validation) { validations.append(validation) }
  func epochEnded(_ epoch: EpochDescription) { epochs.append(epoch) }
  func trainingEnded(_ reason: StopReason) { self.reason = reason }

  func save(_ moment: SavePoint) -> CheckpointInfo? {
    moments.append(moment)
    return nil
  }
}

/// A training of the toy model, anew or from a checkpoint.
struct ToyTraining {
  var dropout = 0.3
  var poison: Int?
  var refusal: ToyModel.Refusal?
  var updateFreq = [1]
  var maxUpdate = 0
  var maxEpoch = 0
  var clipNorm = 0.5
  var rates = [0.05]
  var scheduler = "inverse_sqrt"
  var policy = NonFinitePolicy.stop
  var validation = ValidationSettings()
  var checkpoints = CheckpointSettings()
  var sentences = 22
  var columns: [any TrainingObserver] = []
  var compute = ComputeSettings()

  init() { checkpoints.noSave = true }

  /// What a training leaves.
  struct Result {
    let model: ToyModel
    let optimizer: any Optimizer
    let witness: Witness
    let reason: StopReason

    /// Parameters and moments.
    var numbers: [[Float]] {
      [model.parameters.values.scalars] + optimizer.state.map(\.values.scalars)
    }
  }

  func run(
    from path: String? = nil, interruption: @escaping (Witness) -> Interruption? = { _ in nil },
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> Result {
    let catalog = try Catalog([StandardTraining.self])
    let task = ToyTask(sentences: sentences)
    let model = ToyModel(dropout: dropout, poison: poison, refusal: refusal, observers: columns)
    let adam = try catalog.optimizers.select("adam")
    let optimizer = try adam.build(model.parameters)
    let schedule = try catalog.schedulers.select(scheduler)
    try schedule.draft.merge(scheduler == "inverse_sqrt" ? ["warmupUpdates": 4] : [:])
    var progress = TrainingProgress()
    var reading = checkpoints
    if let path { reading.restoreFile = path }
    if path != nil || reading.finetuneFromModel != nil, let saved = try Restoration(reading) {
      progress = try saved.restore(
        model, optimizer, identity: task.identity, criterion: "cross_entropy", seed: 1)
    }
    var header = CheckpointHeader(
      architecture: ComponentRecord(name: "toy"), task: ComponentRecord(name: "toy"),
      description: task.description)
    header.identity = task.identity
    header.criterion = ComponentRecord(name: "cross_entropy")
    header.optimizer = try ComponentRecord(adam)
    let witness = Witness()
    let order = MetricOrder(maximizes: validation.maximizeBestCheckpointMetric)
    let keeper = try CheckpointKeeper(
      checkpoints,
      contents: CheckpointContents(
        header: header, parameters: model.parameters, optimizer: optimizer,
        assets: ["dict.src": Array("a 1\n".utf8)]),
      metric: validation.bestCheckpointMetric, order: order, note: note)
    var settings = OptimizationSettings()
    (settings.updateFreq, settings.maxUpdate, settings.maxEpoch) = (updateFreq, maxUpdate, maxEpoch)
    (settings.clipNorm, settings.lr, settings.onNonfinite) = (clipNorm, rates, policy)
    let trainer = try Trainer(
      TrainingParts(
        model: model,
        criterion: CrossEntropyCriterion(CriterionContext(task: task.description)),
        optimizer: optimizer,
        scheduler: try schedule.build(
          SchedulerContext(learningRates: rates, maxUpdate: maxUpdate)),
        observers: [EarlyStopping(patience: validation.patience, order: order), keeper, witness]),
      settings,
      Cadence(
        validation, saveInterval: checkpoints.saveInterval,
        saveIntervalUpdates: checkpoints.saveIntervalUpdates), compute, from: progress)
    let reason = try trainer.train(on: task) { interruption(witness) }
    return Result(model: model, optimizer: optimizer, witness: witness, reason: reason)
  }
}
