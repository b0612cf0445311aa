/// Everything that is known of one trained row, as it lies in the folder of results.
package struct RowResult: Codable, Equatable, Sendable {
  /// The row's name.
  package var name: String
  /// What everything was drawn from.
  package var seed: Int
  /// Trained numbers of the model.
  package var parameters = 0
  /// The curves of training.
  package var curves = Curves()
  /// The most tensor memory in use in training, in bytes.
  package var memory = 0
  /// The trained model under a finer solver; nil for a model without a NODE.
  package var audit: Audit?
  /// Its translations.
  package var translation: Translation?
  /// Why there is no model, when training broke off.
  package var failure: String?

  /// A result without numbers.
  package init(name: String, seed: Int) {
    self.name = name
    self.seed = seed
  }

  /// A model under its own scheme and under a finer adaptive solver.
  package struct Audit: Codable, Equatable, Sendable {
    /// Under its own scheme.
    package var own: Measurement
    /// Under dopri5 at the finer tolerance.
    package var fine: Measurement

    /// Names both measurements.
    package init(own: Measurement, fine: Measurement) {
      (self.own, self.fine) = (own, fine)
    }
  }

  /// A translated data set.
  package struct Translation: Codable, Equatable, Sendable {
    /// sacreBLEU's BLEU.
    package var bleu: Double
    /// Sentences translated.
    package var sentences: Int
    /// Seconds it took.
    package var seconds: Double

    /// Names what was measured.
    package init(bleu: Double, sentences: Int, seconds: Double) {
      (self.bleu, self.sentences, self.seconds) = (bleu, sentences, seconds)
    }
  }

  /// Updates made.
  package var updates: Int { curves.bits.count }
  /// Seconds of training, without validations.
  package var seconds: Double { curves.seconds.last ?? 0 }
  /// Target symbols trained on per second.
  package var speed: Double { seconds > 0 ? Double(curves.tokens) / seconds : 0 }
  /// Bits per target symbol of the validation set at the end of training.
  package var bits: Double? { curves.validations.last?.bits }

  /// Bits per target symbol of the validation set after some updates, when the model was validated
  /// then.
  package func bits(at update: Int) -> Double? {
    curves.validations.last { $0.update == update }?.bits
  }
}
