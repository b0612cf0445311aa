import Fairline
import FairlineModels
import FairlineTensor

/// What a NODE side does before its layers and after them: embedding and augmentation,
/// normalisation and the way back.
struct NodeStream: Sendable {
  let embedding: TokenEmbedding
  let norm: LayerNorm?
  let augmentation: Augmentation?

  /// Makes what follows the layers, after these, as parameters are drawn one after the other.
  ///
  /// - Parameters:
  ///   - channels: channels of the embedding; the layers may have more.
  ///   - shape: what the side's cells have in common.
  ///   - normalizesLast: whether a stack with pre-norm normalises after its last layer.
  init(
    _ space: ParameterSpace, _ embedding: TokenEmbedding, channels: Int, _ shape: NodeCellShape,
    normalizesLast: Bool = true
  ) {
    self.embedding = embedding
    let wide = shape.layer.channels
    norm =
      shape.normalizesBefore && normalizesLast
      ? LayerNorm(space.part("layer_norm"), channels: wide) : nil
    augmentation =
      wide > channels
      ? Augmentation(space, channels: channels, extraChannels: wide - channels) : nil
  }

  /// What the first layer reads. `[token, channel]`
  func begin(_ tokens: PackedTokens, _ pass: ForwardPass) -> Tensor {
    widen(embedding(tokens, pass))
  }

  /// Adds the channels of the augmentation. `[token, channel]`
  func widen(_ states: Tensor) -> Tensor { augmentation?.widen(states) ?? states }

  /// The side's result from what the last layer gives. `[token, channel]`
  func end(_ states: Tensor, _ pass: ForwardPass) -> Tensor {
    let states = norm.map { $0(states, pass) } ?? states
    return augmentation?.narrow(states, pass) ?? states
  }
}
