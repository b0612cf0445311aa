/// Multi-head attention over packed sequences (Vaswani and others 2017, section 3.2.2).
///
/// Projections that read the same input stand fused in memory, so that one product computes them;
/// in checkpoints each has its own name.
public struct MultiHeadAttention: Sendable {
  /// Queries, keys and values of self-attention `[3 channel, channel]`; queries of cross-attention
  /// `[channel, channel]`.
  public let input: Projection
  /// Keys and values of cross-attention `[2 channel, memory]`; nil for self-attention.
  public let memory: Projection?
  /// The map of the concatenated heads.
  public let output: Linear
  /// The number of heads.
  public let heads: Int
  /// Channels of all heads.
  public let channels: Int
  /// Dropout of the attention weights.
  public let dropout: Double

  /// A fused affine map.
  public struct Projection: Sendable {
    /// Shape `[output, input]`.
    public let weight: Parameter
    /// Shape `[output]`.
    public let bias: Parameter

    func callAsFunction(_ x: Tensor, _ pass: ForwardPass) -> Tensor {
      x.linear(weight: pass.value(of: weight), bias: pass.value(of: bias))
    }
  }

  /// Makes the layers `q_proj`, `k_proj`, `v_proj` and `out_proj`.
  ///
  /// - Parameter memoryChannels: channels of what cross-attention attends to; nil for
  ///   self-attention.
  public init(
    _ space: ParameterSpace, channels: Int, heads: Int, memoryChannels: Int? = nil,
    dropout: Double
  ) {
    precondition(
      heads > 0 && channels % heads == 0, "\(channels) channels cannot be split in \(heads) heads")
    self.channels = channels
    self.heads = heads
    self.dropout = dropout
    let gain: Float = (memoryChannels ?? channels) == channels ? Float(0.5).squareRoot() : 1
    func project(_ names: [String], inputs: Int, fused: String) -> Projection {
      Projection(
        weight: space.fused(
          "\(fused).weight",
          blocks: names.map { ("\($0).weight", channels, .xavierUniform(gain: gain)) },
          columns: inputs),
        bias: space.fused(
          "\(fused).bias",
          blocks: names.map { ("\($0).bias", channels, .linearDefault(inputs: inputs)) },
          columns: nil))
    }
    if let memoryChannels {
      input = project(["q_proj"], inputs: channels, fused: "query")
      memory = project(["k_proj", "v_proj"], inputs: memoryChannels, fused: "memory")
    } else {
      input = project(["q_proj", "k_proj", "v_proj"], inputs: channels, fused: "input")
      memory = nil
    }
    output = Linear(
      space.part("out_proj"), inputs: channels, outputs: channels, weight: .xavierUniform(),
      bias: .constant(0))
  }

  /// Self-attention; the output's bias is left to the residual connection.
  ///
  /// - Parameter x: `[token, channel]`
  /// - Returns: a branch `[token, channel]`
  public func callAsFunction(
    _ x: Tensor, segments: Segments, isCausal: Bool = false, weights: AttentionWeights? = nil,
    _ pass: ForwardPass
  ) -> Branch {
    precondition(memory == nil, "cross-attention needs a memory")
    let all = input(x, pass)  // [token, 3 channel]
    let shape = AttentionShape(
      querySegments: segments, keySegments: segments, heads: heads,
      headDimension: channels / heads, isCausal: isCausal)
    let context = Tensor.attention(
      query: StateColumns(all), key: StateColumns(all, from: channels),
      value: StateColumns(all, from: 2 * channels), shape: shape, mask: pass.dropout(dropout),
      weights: weights)
    return output.branch(context, pass)
  }

  /// The weights of cross-attention averaged over its first heads, before dropout, with gradients.
  ///
  /// - Parameters:
  ///   - x: `[target, channel]`
  ///   - states: what is attended to. `[source, memory]`
  ///   - heads: how many heads count.
  /// - Returns: for each sentence `[target, source]`, one after the other. `[target * source]`
  public func probabilities(
    _ x: Tensor, segments: Segments, memory states: Tensor, memorySegments: Segments, heads: Int,
    _ pass: ForwardPass
  ) -> Tensor {
    guard let memory else { preconditionFailure("self-attention takes no memory") }
    let shape = AttentionShape(
      querySegments: segments, keySegments: memorySegments, heads: self.heads,
      headDimension: channels / self.heads)
    return Tensor.attentionProbabilities(
      query: StateColumns(input(x, pass)), key: StateColumns(memory(states, pass)), shape: shape,
      heads: heads)
  }

  /// Cross-attention; the output's bias is left to the residual connection.
  ///
  /// - Parameters:
  ///   - x: `[target, channel]`
  ///   - states: what is attended to. `[source, memory]`
  /// - Returns: a branch `[target, channel]`
  public func callAsFunction(
    _ x: Tensor, segments: Segments, memory states: Tensor, memorySegments: Segments,
    weights: AttentionWeights? = nil, _ pass: ForwardPass
  ) -> Branch {
    guard let memory else { preconditionFailure("self-attention takes no memory") }
    let query = input(x, pass)  // [target, channel]
    let keysAndValues = memory(states, pass)  // [source, 2 channel]
    let shape = AttentionShape(
      querySegments: segments, keySegments: memorySegments, heads: heads,
      headDimension: channels / heads)
    let context = Tensor.attention(
      query: StateColumns(query), key: StateColumns(keysAndValues),
      value: StateColumns(keysAndValues, from: channels), shape: shape,
      mask: pass.dropout(dropout), weights: weights)
    return output.branch(context, pass)
  }
}
