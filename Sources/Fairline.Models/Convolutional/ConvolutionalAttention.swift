import Fairline
import FairlineTensor

/// The attention of one decoder layer: what is compared with the source is the layer's state and
/// the symbol's embedding.
struct ConvolutionalAttention: Sendable {
  let input, output: NormalizedLinear

  /// Makes the maps with fairseq's parameter names.
  init(_ space: ParameterSpace, channels: Int, embedding: Int) {
    input = NormalizedLinear(space.part("in_projection"), inputs: channels, outputs: embedding)
    output = NormalizedLinear(space.part("out_projection"), inputs: embedding, outputs: channels)
  }

  /// Attends from every target symbol.
  ///
  /// - Parameters:
  ///   - x: `[target, channel]`
  ///   - embedded: the target's embeddings. `[target, embedding]`
  ///   - keys: what scores are products with. `[source, embedding]`
  ///   - values: what is averaged. `[source, embedding]`
  /// - Returns: `[target, channel]`
  func callAsFunction(
    _ x: Tensor, _ embedded: Tensor, _ segments: Segments, keys: Tensor, values: Tensor,
    _ sourceSegments: Segments, _ weights: AttentionWeights?, _ pass: ForwardPass
  ) -> Tensor {
    let width = embedded.shape.columns
    let shape = AttentionShape(
      querySegments: segments, keySegments: sourceSegments, heads: 1, headDimension: width)
    // The attention divides by the root of the width; these scores are products as they are.
    let query = input(x, pass).averaged(with: embedded) * Float(width).squareRoot()
    let mean = Tensor.attention(
      query: StateColumns(query), key: StateColumns(keys), value: StateColumns(values),
      shape: shape, weights: weights)
    let roots = (0..<segments.count).flatMap { row in
      [Float](
        repeating: Float(sourceSegments.length(row)).squareRoot(), count: segments.length(row))
    }
    let scaled = mean * Tensor(roots, shape: [roots.count, 1])
    return output(scaled, pass).averaged(with: x)
  }
}
