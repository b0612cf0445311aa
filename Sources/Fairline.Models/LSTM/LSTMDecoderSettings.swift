import Fairline

/// The settings of a recurrent decoder, beside an encoder or alone.
struct LSTMDecoderSettings: Sendable {
  /// Channels of embeddings.
  var embedding: Int
  /// Channels of hidden states.
  var channels: Int
  /// The number of layers.
  var layers: Int
  /// Channels before the output projection.
  var output: Int
  /// Whether the embeddings are the output projection as well.
  var sharesProjection: Bool
  /// Whether embeddings stay as they are in training.
  var freezesEmbedding: Bool
  /// Dropout of embeddings.
  var dropoutIn: Double
  /// Dropout of what layers give.
  var dropoutOut: Double

  /// Refuses sizes that cannot be shared.
  func check() throws {
    if sharesProjection, embedding != output {
      throw UserError(
        "--share-decoder-input-output-embed needs --decoder-out-embed-dim equal to "
          + "--decoder-embed-dim \(embedding)")
    }
  }
}
