public import Fairline
public import FairlineTensor

/// What follows a stack's layers, packed once and shared by all decoders: normalisation, a map, the
/// way to symbols.
public struct PreparedOutput: Sendable {
  let norm: LayerNorm?
  /// From the stack's channels to those of the way to symbols, where they differ.
  let map: InferenceLinear?
  let symbols: PreparedSymbols
  let candidates: (@Sendable (ArraySlice<Int32>) -> [Int32])?

  /// Packs the parts of a stack with one output projection.
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
    self.init(
      .projected(PreparedProjection(projection, bias: bias, weights, preparation)), map: map,
      norm: norm, weights, preparation)
  }

  /// Packs the parts of a stack with an adaptive softmax; the others are the same.
  ///
  /// All symbols are computed; candidates only choose among them.
  public init(
    _ softmax: AdaptiveSoftmax, map: Linear? = nil, norm: LayerNorm? = nil,
    _ weights: InferenceWeights, _ preparation: SearchPreparation
  ) {
    self.init(
      .adaptive(InferenceAdaptiveSoftmax(softmax, weights)), map: map, norm: norm, weights,
      preparation)
  }

  private init(
    _ symbols: PreparedSymbols, map: Linear?, norm: LayerNorm?, _ weights: InferenceWeights,
    _ preparation: SearchPreparation
  ) {
    self.norm = norm
    self.map = map.map { weights.linear($0) }
    self.symbols = symbols
    candidates = preparation.candidates
  }

  /// Bytes of the way to symbols that every step reads; those of candidates are left out.
  public var byteCount: Int {
    switch symbols {
    case .projected(let projection): projection.all?.byteCount ?? 0
    case .adaptive(let softmax): softmax.byteCount
    }
  }
}

/// The way from states to symbols, packed.
enum PreparedSymbols: Sendable {
  case projected(PreparedProjection)
  case adaptive(InferenceAdaptiveSoftmax)

  /// The number of symbols.
  var count: Int {
    switch self {
    case .projected(let projection): projection.table.count
    case .adaptive(let softmax): softmax.symbolCount
    }
  }
}

/// An output projection, packed: whole, or as rows of which candidates are chosen.
struct PreparedProjection: Sendable {
  /// All symbols' logits; nil when sentences have candidates.
  let all: InferenceLinear?
  /// The same for the best symbol only; nil where all logits are wanted, or there is no gain.
  let sketch: SketchedLinear?
  /// The rows. `[vocabulary, channel]`
  let table: InferenceTable
  /// What is added. `[1, vocabulary]`
  let bias: Tensor?

  init(
    _ projection: Parameter, bias: Parameter?, _ weights: InferenceWeights,
    _ preparation: SearchPreparation
  ) {
    let all =
      preparation.candidates == nil ? weights.linear(projection, bias: bias) : nil
    self.all = all
    let wantsSketch = preparation.needsBestOnly && weights.precision == .float32 && bias == nil
    sketch =
      wantsSketch && SketchedLinear.isFast
      ? all.map { SketchedLinear(projection.value, exact: $0) } : nil
    table = weights.table(projection)
    self.bias = bias.map { $0.value.reshaped(to: [1, $0.value.count]) }
  }

  /// The map to some symbols only, and what is added to its result. `[1, symbol]`
  func map(to symbols: [Int32]) -> (map: InferenceLinear, bias: Tensor?) {
    let chosen = bias.map {
      $0.reshaped(to: [$0.count, 1]).rows(at: symbols).reshaped(to: [1, symbols.count])
    }
    return (table.linear(of: symbols), chosen)
  }
}
