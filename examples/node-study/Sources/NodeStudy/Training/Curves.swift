/// What every update of a training measured, one entry an update.
package struct Curves: Codable, Equatable, Sendable {
  /// The negative log-likelihood in bits per target symbol.
  package var bits: [Double] = []
  /// Seconds of training so far, without validations.
  package var seconds: [Double] = []
  /// Evaluations of the encoder's field forward.
  package var encoderForward: [Double] = []
  /// Vector-Jacobian products of the encoder's field.
  package var encoderBackward: [Double] = []
  /// Evaluations of the decoder's field forward.
  package var decoderForward: [Double] = []
  /// Vector-Jacobian products of the decoder's field.
  package var decoderBackward: [Double] = []
  /// The share of solves that reached their budget or broke off.
  package var unfinished: [Double] = []
  /// The most evaluations of one solve so far, on either side.
  package var mostEvaluations = 0.0
  /// Seconds that processors worked in updates so far: less changed by what else runs on the
  /// machine than time is.
  package var work = 0.0
  /// Target symbols so far.
  package var tokens = 0
  /// The model as it was validated, in order.
  package var validations: [ValidationPoint] = []

  /// Curves without points.
  package init() {}

  /// The model at one moment.
  package struct ValidationPoint: Codable, Equatable, Sendable {
    /// Updates made.
    package var update: Int
    /// Seconds of training so far, without validations.
    package var seconds: Double
    /// The negative log-likelihood in bits per target symbol.
    package var bits: Double

    /// Makes a point.
    package init(update: Int, seconds: Double, bits: Double) {
      (self.update, self.seconds, self.bits) = (update, seconds, bits)
    }
  }

  /// The mean of the first tenth of a curve, and of the last; nil when it is empty or all zero.
  package static func ends(of curve: [Double]) -> (first: Double, last: Double)? {
    guard !curve.isEmpty, curve.contains(where: { $0 != 0 }) else { return nil }
    let count = max(1, curve.count / 10)
    return (mean(curve.prefix(count)), mean(curve.suffix(count)))
  }

  /// The mean of some numbers; 0 of none.
  package static func mean(_ values: some Collection<Double>) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }
}
