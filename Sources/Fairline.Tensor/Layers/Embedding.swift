/// A table of vectors, one for each symbol.
public struct Embedding: Sendable {
  /// Shape `[vocabulary, channel]`.
  public let weight: Parameter

  /// Makes the table `weight`, normally distributed with deviation `channels^-1/2` and zero for
  /// padding, unless it is to hold something else.
  public init(
    _ space: ParameterSpace, symbols: Int, channels: Int, values: Initializer? = nil
  ) {
    let usual = Initializer.normal(
      deviation: 1 / Float(channels).squareRoot(), zeroRow: Positions.paddingIndex)
    weight = space.parameter("weight", [symbols, channels], values ?? usual)
  }

  /// The vectors of packed tokens, scaled, with positions added.
  ///
  /// - Parameters:
  ///   - tokens: symbols of packed sequences. `[token]`
  ///   - scale: what the table's rows are multiplied by.
  /// - Returns: `[token, channel]`
  public func callAsFunction(
    _ tokens: PackedTokens, scale: Float = 1, positions: Positions? = nil, _ pass: ForwardPass
  ) -> Tensor {
    pass.value(of: weight).embedding(
      of: tokens.ids, scale: scale, positions: positions?.table(pass),
      places: positions == nil ? [] : Positions.places(tokens.segments))
  }
}
