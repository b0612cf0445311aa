import FairlineNodeTransformer

/// One model of the study: what it is, and how it differs from the others.
package struct StudyRow: Sendable {
  /// What a row helps to find out.
  package enum Group: String, Sendable, CaseIterable, Codable {
    /// Ordinary layers, and the study's own vector field.
    case field
    /// The pre-norm field under different solvers and steps.
    case steps
    /// Changes of one thing in the pre-norm field under Heun's method with two steps.
    case variants

    /// The heading of the group.
    package var title: String {
      switch self {
      case .field: "Classic layers and the study's own field"
      case .steps: "The pre-norm field: solvers, steps, pieces of depth"
      case .variants: "Variants of the pre-norm field, heun2 × 2"
      }
    }
  }

  /// The name on the command line and in file names.
  package let name: String
  /// The name in tables and charts.
  package var title: String
  /// One sentence: what it is.
  package let summary: String
  /// Its place among the questions.
  package let group: Group
  /// Its color in charts, as a place in the palette.
  package let color: Int
  /// Whether a solver chooses the steps in training.
  package var isAdaptive = false
  /// Decoupled weight decay.
  package var weightDecay = StudyRow.usualDecay
  /// What training costs on each side, in forward and backward passes of a layer; a guess for the
  /// time left.
  package var passes: (encoder: Double, decoder: Double) = (1, 1)
  /// What is different from a classic Transformer of one layer on each side, both normalised before
  /// sub-layers.
  package let change: @Sendable (inout NodeTransformerSettings, _ layers: Int) -> Void

  /// The weight decay of all rows that do not try another one.
  package static let usualDecay = 1e-4

  /// Whether the row has a NODE on a side.
  package var isNode: Bool {
    let node = configuration(StudySettings()).node
    return node.nodeEncoder || node.nodeDecoder
  }

  /// The settings of the row's model.
  package func configuration(
    _ settings: StudySettings, sharesVocabulary: Bool = true
  ) -> NodeTransformerSettings {
    var c = NodeTransformerSettings()
    c.transformer.encoderEmbedDim = settings.width
    c.transformer.encoderFfnEmbedDim = settings.hidden
    c.transformer.encoderAttentionHeads = settings.heads
    c.transformer.decoderAttentionHeads = settings.heads
    c.transformer.encoderLayers = 1
    c.transformer.decoderLayers = 1
    c.transformer.encoderNormalizeBefore = true
    c.transformer.decoderNormalizeBefore = true
    c.transformer.dropout = 0.1
    c.transformer.shareAllEmbeddings = sharesVocabulary
    c.transformer.shareDecoderInputOutputEmbed = !sharesVocabulary
    change(&c, settings.layers)
    return c
  }

  /// The rows in the order in which they are trained.
  ///
  /// - Parameter layers: layers of the deep models, which their titles tell.
  package static func all(layers: Int = StudySettings().layers) -> [StudyRow] {
    (field + steps + variants).map { row in
      var row = row
      row.title = row.title.replacing("L", with: String(layers))
      return row
    }
  }

  /// The names with what they stand for, one a line.
  package static var listing: String {
    all().map { $0.name.padding(to: 20) + $0.summary + "\n" }.joined()
  }
}

extension String {
  /// The text with blanks behind it.
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
