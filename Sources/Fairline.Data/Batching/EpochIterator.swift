import FairlineFoundation

/// Where training stands in its data.
public struct IteratorState: Codable, Sendable, Equatable {
  /// The current epoch, from 1.
  public var epoch: Int
  /// The batches of this epoch that were taken already.
  public var offset: Int

  /// Creates a position; training begins at epoch 1 with no batch taken.
  public init(epoch: Int = 1, offset: Int = 0) {
    self.epoch = epoch
    self.offset = offset
  }
}

/// Batches epoch by epoch, each epoch in its own random order.
///
/// The order is a function of seed and epoch, and which sentences share a batch is not changed
/// by resuming, so that a run resumed at any position continues exactly as if never stopped.
public struct EpochIterator: Sendable {
  /// How batches are visited.
  public struct Settings: Codable, Sendable, Equatable {
    /// The seed of the run.
    public var seed = 1
    /// Whether batches are shuffled in each epoch.
    public var shuffle = true
    /// Epochs at the beginning in which batches stay sorted by length.
    public var curriculum = 0
    /// Batches per update for each epoch; the last entry holds for all later ones.
    public var updateFrequency = [1]
    /// This worker's number, from 0.
    public var shard = 0
    /// The number of workers that share the batches.
    public var shardCount = 1

    /// Creates the default settings: one worker, one batch per update, shuffled.
    public init() {}
  }

  /// How batches are visited.
  public let settings: Settings
  /// The current epoch, from 1.
  public private(set) var epoch: Int
  /// The batches of this epoch that were taken already.
  public private(set) var offset: Int
  private let source: @Sendable (Int) throws -> [[Int]]
  private var batches: [[Int]]

  /// Creates an iterator at a position.
  ///
  /// - Parameter batches: the batches of an epoch's data set in their sorted order; it is asked
  ///   at the beginning of each epoch, so that sharded data can change with it.
  /// - Throws: a `UserError` when the position lies beyond the epoch's batches.
  public init(
    _ settings: Settings = Settings(), at state: IteratorState = IteratorState(),
    batches: @escaping @Sendable (_ epoch: Int) throws -> [[Int]]
  ) throws {
    precondition(
      0..<settings.shardCount ~= settings.shard, "the shard lies among the workers' shards")
    guard !settings.updateFrequency.isEmpty, settings.updateFrequency.allSatisfy({ $0 >= 1 })
    else { throw UserError("--update-freq must be a list of positive numbers") }
    guard state.epoch >= 1, state.offset >= 0 else {
      throw UserError("the saved position in the data is damaged; use --reset-dataloader")
    }
    self.settings = settings
    source = batches
    epoch = state.epoch
    offset = state.offset
    self.batches = try Self.order(settings, epoch: epoch, source)
    guard offset <= self.batches.count else {
      throw UserError(
        "the saved position is batch \(offset) of an epoch that has only \(self.batches.count): "
          + "the data or the batch size changed; use --reset-dataloader")
    }
    if offset > 0 && offset == self.batches.count { try beginNextEpoch() }
  }

  /// The batches of the current epoch for this worker, those taken included.
  public var batchCount: Int { batches.count }

  /// The batches of the current epoch in order, those taken included.
  public var allBatches: [[Int]] { batches }

  /// Batches per update in the current epoch.
  public var updateFrequency: Int {
    settings.updateFrequency[min(epoch, settings.updateFrequency.count) - 1]
  }

  /// The updates of the whole current epoch.
  public var updateCount: Int {
    (batches.count + updateFrequency - 1) / updateFrequency
  }

  /// Whether every batch of the current epoch was taken.
  public var isAtEnd: Bool { offset == batches.count }

  /// What a checkpoint stores: at the end of an epoch, the beginning of the next one.
  public var state: IteratorState {
    isAtEnd ? IteratorState(epoch: epoch + 1) : IteratorState(epoch: epoch, offset: offset)
  }

  /// Takes the batches of the next update; nil at the end of the epoch.
  ///
  /// The last update of an epoch may have fewer batches. An empty batch pads this worker's share
  /// to that of the others.
  public mutating func nextUpdate() -> [[Int]]? {
    guard !isAtEnd else { return nil }
    let end = min(offset + updateFrequency, batches.count)
    defer { offset = end }
    return Array(batches[offset..<end])
  }

  /// Goes to the beginning of the next epoch.
  public mutating func beginNextEpoch() throws {
    batches = try Self.order(settings, epoch: epoch + 1, source)
    epoch += 1
    offset = 0
  }

  private static func order(
    _ settings: Settings, epoch: Int, _ source: (Int) throws -> [[Int]]
  ) throws -> [[Int]] {
    var batches = try source(epoch)
    if settings.shuffle && epoch > settings.curriculum {
      var random = MersenneTwister(seed: UInt32(truncatingIfNeeded: settings.seed + epoch))
      random.shuffle(&batches)
    }
    guard settings.shardCount > 1 else { return batches }
    let share = (batches.count + settings.shardCount - 1) / settings.shardCount
    return (0..<share).map { item in
      let index = settings.shard + item * settings.shardCount
      return index < batches.count ? batches[index] : []
    }
  }
}
