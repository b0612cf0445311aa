import Fairline
import FairlineTensor

/// The output projection, a table of its own or the embeddings.
struct ConvolutionalOutput: Sendable {
  let bias: Parameter
  let normalized: NormalizedLinear?
  private let shared: Embedding?

  init(
    _ decoder: ParameterSpace, _ table: Embedding, symbols: Int, channels: Int, isShared: Bool,
    dropout: Double
  ) {
    let space = decoder.part("fc3")
    if isShared {
      space.alias("weight", of: table.weight)
      bias = space.parameter("bias", [symbols], .linearDefault(inputs: channels))
      (normalized, shared) = (nil, table)
    } else {
      let layer = NormalizedLinear(space, inputs: channels, outputs: symbols, dropout: dropout)
      (normalized, bias, shared) = (layer, layer.bias, nil)
    }
  }

  /// The projection. `[vocabulary, channel]`
  func weight(_ pass: ForwardPass) -> Tensor {
    if let normalized { return normalized.matrix(pass) }
    guard let shared else { preconditionFailure("there is a table or an output projection") }
    return pass.value(of: shared.weight)
  }
}
