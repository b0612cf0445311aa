import FairlineModels
import FairlineTensor

/// What a separated decoder layer does outside its solve: self-attention before it and, in the
/// study's form, a rectified map after it.
struct SeparatedAttention: Sendable {
  let attention: MultiHeadAttention
  let attentionNorm: LayerNorm
  let output: Linear?
  let outputNorm: LayerNorm?
  private let shape: NodeCellShape
  /// Dropout of the rectified map, which has no residual connection and so drops what it drops
  /// altogether.
  private let outputDropout: Double

  /// Whether normalisation comes before the attention.
  var normalizesBefore: Bool { shape.normalizesBefore }

  init(_ space: ParameterSpace, _ shape: NodeCellShape, _ settings: NodeSettings) {
    self.shape = shape
    let layer = shape.layer
    outputDropout = settings.nodeDropout == .off ? 0 : layer.dropout
    attention = MultiHeadAttention(
      space.part("self_attn"), channels: layer.channels, heads: layer.heads,
      dropout: layer.attentionDropout)
    attentionNorm = LayerNorm(space.part("self_attn_layer_norm"), channels: layer.channels)
    guard shape.form == .postNorm else {
      output = nil
      outputNorm = nil
      return
    }
    output = Linear(
      space.part("output"), inputs: layer.channels, outputs: layer.channels,
      weight: .xavierUniform())
    outputNorm = LayerNorm(space.part("output_layer_norm"), channels: layer.channels)
  }

  /// The classic self-attention, with its residual connection and normalisation.
  ///
  /// - Parameter states: `[target, channel]`
  /// - Returns: `[target, channel]`
  func before(_ states: Tensor, segments: Segments, _ pass: ForwardPass) -> Tensor {
    let dropout = shape.layer.dropout
    if shape.normalizesBefore {
      return attention(attentionNorm(states, pass), segments: segments, isCausal: true, pass)
        .added(to: states, dropout: dropout, pass)
    }
    return attention(states, segments: segments, isCausal: true, pass)
      .added(to: states, normalizedBy: attentionNorm, dropout: dropout, pass)
  }

  /// What follows the solve; the states themselves in a residual form.
  ///
  /// - Parameter states: `[target, channel]`
  /// - Returns: `[target, channel]`
  func after(_ states: Tensor, _ pass: ForwardPass) -> Tensor {
    guard let output, let outputNorm else { return states }
    let rectified = output(states, pass).relu().droppedOut(pass.dropout(outputDropout))
    return outputNorm(rectified, pass)
  }
}
