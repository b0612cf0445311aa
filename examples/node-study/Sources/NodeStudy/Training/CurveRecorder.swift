import Fairline
import FairlineTensor
import Foundation

/// Keeps the curves of a training; checkpoints carry them, so that an interrupted row goes on with
/// all of them.
final class CurveRecorder: TrainingObserver {
  private(set) var curves = Curves()
  /// Updates in a row that were left out since a number was not finite.
  private(set) var skippedInARow = 0

  /// Processor time when the update in progress began.
  private var mark = 0.0

  let key = "study curves"

  var memory: JSONValue? { try? JSONValue(encoding: curves) }

  func recall(_ memory: JSONValue) {
    curves = (try? memory.decoded(as: Curves.self)) ?? curves
  }

  func epochBegan(_ epoch: EpochDescription) { mark = Self.processorSeconds }

  func updated(_ update: Update) {
    let now = Self.processorSeconds
    defer { mark = now }
    guard update.outcome == .applied else {
      skippedInARow += 1
      return
    }
    skippedInARow = 0
    let statistics = update.statistics
    curves.bits.append(rounded(update.record.bits))
    curves.seconds.append(rounded((curves.seconds.last ?? 0) + update.seconds))
    curves.encoderForward.append(rounded(statistics.sum("encoder.", ".evaluations")))
    curves.encoderBackward.append(rounded(statistics.sum("encoder.", ".pullbacks")))
    curves.decoderForward.append(rounded(statistics.sum("decoder.", ".evaluations")))
    curves.decoderBackward.append(rounded(statistics.sum("decoder.", ".pullbacks")))
    curves.unfinished.append(rounded(statistics.mean(".unfinished")))
    curves.rejected.append(rounded(statistics.mean(".rejected")))
    curves.mostEvaluations = max(curves.mostEvaluations, statistics.maximum(".evaluations"))
    curves.tokens += update.record.tokens
    curves.work += now - mark
  }

  func validated(_ validation: Validation) {
    curves.validations.append(
      Curves.ValidationPoint(
        update: validation.updates, seconds: curves.seconds.last ?? 0,
        bits: validation.record.bits))
    mark = Self.processorSeconds
  }

  func saved(_ checkpoint: CheckpointInfo) { mark = Self.processorSeconds }

  /// Seconds that processors have worked for this program.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  private func rounded(_ value: Double) -> Double { NumberText.rounded(value, 4) }
}

extension LossRecord {
  /// The negative log-likelihood in bits per target symbol.
  var bits: Double {
    (negativeLogLikelihood ?? loss) / Double(max(tokens, 1)) / 0.6931471805599453
  }
}

extension Statistics {
  /// The sum over all matching names of their means per pass.
  func sum(_ prefix: String, _ suffix: String) -> Double {
    values.filter { $0.key.hasPrefix(prefix) && $0.key.hasSuffix(suffix) }
      .reduce(0) { $0 + $1.value.mean }
  }

  /// The mean of all values under matching names.
  func mean(_ suffix: String) -> Double {
    let found = values.filter { $0.key.hasSuffix(suffix) }.map(\.value)
    let count = found.reduce(0) { $0 + $1.count }
    return found.reduce(0) { $0 + $1.sum } / Double(max(count, 1))
  }

  /// The largest value under matching names.
  func maximum(_ suffix: String) -> Double {
    values.filter { $0.key.hasSuffix(suffix) }.map(\.value.maximum).max() ?? 0
  }
}
