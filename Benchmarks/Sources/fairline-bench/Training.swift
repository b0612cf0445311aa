import ExampleSupport
import Fairline
import FairlineModels
import FairlineTensor
import Foundation

/// Training updates of any shape on made-up batches: forward, backward, norm, Adam.
final class Training {
  private let settings: TrainingSettings
  private let batch: Batch
  private let update: RepeatedUpdate

  /// Prints what was measured as a line of JSON.
  static func run(_ arguments: inout Arguments) throws {
    let settings = TrainingSettings(&arguments)
    arguments.finish()
    let training = try Training(settings)
    print(settings.format.use { training.measured() }.compactText)
  }

  private init(_ settings: TrainingSettings) throws {
    self.settings = settings
    let positions = max(1024, settings.sourceLength, settings.targetLength)
    let task = TaskDescription(
      sourceSymbols: settings.vocabulary, targetSymbols: settings.vocabulary,
      sharesVocabulary: true, maximumSourcePositions: positions, maximumTargetPositions: positions)
    var adam = Adam.Settings()
    adam.adamBetas = [0.9, 0.98]
    adam.weightDecay = 1e-4
    batch = Batch.pairs(
      ids: Array(0..<settings.rows), sources: Self.sentences(settings.sourceLength, 3, settings),
      targets: Self.sentences(settings.targetLength, 5, settings))
    update = try RepeatedUpdate(Transformer(settings.model, for: task), adam, batch)
  }

  private static func sentences(
    _ length: Int, _ seed: Int, _ settings: TrainingSettings
  ) -> [[Int32]] {
    (0..<settings.rows).map { row in
      (0..<length - 1).map {
        Int32(4 + (row * 31 + $0 * 17 + seed * 101) % (settings.vocabulary - 4))
      } + [2]
    }
  }

  /// The operations of the matrix products of one update.
  private func operations() -> Double {
    Profile.clear()
    Profile.setEnabled(true)
    update.run()
    Profile.setEnabled(false)
    return Profile.entries.reduce(0) { $0 + $1.operations }
  }

  private func measured() -> JSONValue {
    update.run()
    let first = OwnProcess.secondsSinceLaunch
    var times: [Double] = []
    for _ in 1..<max(2, settings.updates) { times.append(Timing.time(update.run)) }
    let seconds = Timing.median(times)
    let peak = OwnProcess.peakBytes
    var line = JSONObject()
    line["rate"] = .number(Double(batch.tokenCount) / seconds)
    line["unit"] = "target tokens/s"
    line["peak_bytes"] = .integer(peak)
    line["first_seconds"] = .number(first)
    line["update_seconds"] = .number(seconds)
    line["tokens"] = .integer(batch.tokenCount)
    line["operations"] = .number(operations() / Double(batch.tokenCount))
    line["half"] = .bool(settings.format != .float32)
    return .object(line)
  }
}
