public import Fairline
public import FairlineTensor

/// What follows a stack's layers, packed once and shared by all decoders: normalisation, a map, the
/// output projection.
public struct PreparedOutput: Sendable {
  let norm: LayerNorm?
  /// From the stack's channels to the output projection's, where they differ.
  let map: InferenceLinear?
  /// All symbols' logits; nil when sentences have candidates.
  let projection: InferenceLinear?
  /// The same for the best symbol only; nil where all logits are wanted, or there is no gain.
  let sketch: SketchedLinear?
  /// The output projection's rows. `[vocabulary, channel]`
  let table: InferenceTable
  /// The output projection's bias. `[1, vocabulary]`
  let bias: Tensor?
  let candidates: (@Sendable (ArraySlice<Int32>) -> [Int32])?

  /// Packs the parts.
  ///
  /// - Parameters:
  ///   - projection: the output projection. `[vocabulary, channel]`
  ///   - bias: its bias, nil for none. `[vocabulary]`
  ///   - map: from the stack's channels to the output projection's, where they differ.
  ///   - norm: the normalisation after the last layer, nil for none.
  ///   - preparation: precision, candidates, and whether the best symbol is enough.
  public init(
    _ projection: Parameter, bias: Parameter? = nil, map: Linear? = nil, norm: LayerNorm? = nil,
    _ weights: InferenceWeights, _ preparation: SearchPreparation
  ) {
    self.norm = norm
    self.map = map.map { weights.linear($0) }
    candidates = preparation.candidates
    let all = candidates == nil ? weights.linear(projection, bias: bias) : nil
    self.projection = all
    let wantsSketch = preparation.needsBestOnly && weights.precision == .float32 && bias == nil
    sketch =
      wantsSketch && SketchedLinear.isFast
      ? all.map { SketchedLinear(projection.value, exact: $0) } : nil
    table = weights.table(projection)
    self.bias = bias.map { $0.value.reshaped(to: [1, $0.value.count]) }
  }

  /// Bytes of the output projection that every step reads; those of candidates are left out.
  public var byteCount: Int { projection?.byteCount ?? 0 }
}
