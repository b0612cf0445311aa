import Fairline
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
  /// Decoupled weight decay.
  package let weightDecay: Double
  /// What training costs on each side, in forward and backward passes of a layer; a guess for the
  /// time left.
  package let passes: (encoder: Double, decoder: Double)
  /// What it is, as flags of `fairline-train`, where `L` stands for the number of layers.
  private let words: String

  /// The weight decay of all rows that do not try another one.
  package static let usualDecay = 1e-4

  init(
    _ name: String, _ title: String, _ summary: String, _ group: Group, color: Int,
    passes: (Double, Double) = (1, 1), decay: Double = usualDecay, _ words: String
  ) {
    (self.name, self.title, self.summary, self.group) = (name, title, summary, group)
    (self.color, self.passes, weightDecay, self.words) = (color, passes, decay, words)
  }

  /// Whether a side is a NODE.
  package var isNode: Bool { words.contains("--node-encoder") || hasNodeDecoder }
  /// Whether the decoder is a NODE.
  var hasNodeDecoder: Bool { words.contains("--node-decoder") }
  /// Whether a solver chooses the steps in training.
  package var isAdaptive: Bool { words.contains("dopri5") }

  private func words(layers: Int) -> [String] {
    words.split(separator: " ").map { $0 == "L" ? String(layers) : String($0) }
  }

  /// The flags of `fairline-train` that make the row, beside those that all rows share.
  package func flags(layers: Int) -> String {
    (["--arch", isNode ? "node_transformer" : "transformer"] + words(layers: layers)
      + ["--weight-decay", NumberText.general(weightDecay)]).joined(separator: " ")
  }

  /// The settings of the row's model.
  package func configuration(
    _ settings: StudySettings, sharesVocabulary: Bool = true
  ) throws -> NodeTransformerSettings {
    var c = NodeTransformerSettings()
    c.transformer.encoderEmbedDim = settings.width
    c.transformer.encoderFfnEmbedDim = settings.hidden
    c.transformer.encoderAttentionHeads = settings.heads
    c.transformer.decoderAttentionHeads = settings.heads
    c.transformer.dropout = 0.1
    c.transformer.shareAllEmbeddings = sharesVocabulary
    c.transformer.shareDecoderInputOutputEmbed = !sharesVocabulary
    let draft = Draft("Model", c)
    let parser = try CommandLineParser(program: "node-study", drafts: [draft])
    _ = try parser.parse(words(layers: settings.layers))
    return draft.value
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
    all().map { row in
      row.name + String(repeating: " ", count: max(1, 20 - row.name.count)) + row.summary + "\n"
    }.joined()
  }
}
