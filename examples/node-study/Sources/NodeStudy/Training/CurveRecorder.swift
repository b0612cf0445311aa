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
    func value(_ column: StatisticsReport.Column) -> Double {
      column.value(in: update.statistics) ?? 0
    }
    curves.bits.append(rounded(update.record.bits))
    curves.seconds.append(rounded((curves.seconds.last ?? 0) + update.seconds))
    curves.encoderForward.append(rounded(value(.sum(of: "encoder.*.evaluations"))))
    curves.encoderBackward.append(rounded(value(.sum(of: "encoder.*.pullbacks"))))
    curves.decoderForward.append(rounded(value(.sum(of: "decoder.*.evaluations"))))
    curves.decoderBackward.append(rounded(value(.sum(of: "decoder.*.pullbacks"))))
    curves.unfinished.append(rounded(value(.mean(of: "*.unfinished"))))
    curves.mostEvaluations = max(curves.mostEvaluations, value(.maximum(of: "*.evaluations")))
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
