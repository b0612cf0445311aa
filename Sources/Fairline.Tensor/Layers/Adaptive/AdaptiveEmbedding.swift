/// A table of vectors that gives rare symbols fewer channels: each band of symbols has a table of
/// its own, and a map to all channels (Baevski and Auli 2019, "Adaptive input representations for
/// neural language modeling").
public struct AdaptiveEmbedding: Sendable {
  /// One band of symbols.
  package struct Band: Sendable {
    /// Shape `[symbol, narrow]`.
    package let table: Parameter
    /// Shape `[channel, narrow]`, without a bias.
    package let map: Linear
  }

  /// Which symbols belong to which band.
  public let bands: SymbolBands
  /// The parameters of each band.
  package let parts: [Band]

  /// Makes the tables `embeddings.N.0.weight` and the maps `embeddings.N.1.weight`.
  ///
  /// - Parameters:
  ///   - inputs: channels of the first band's table; those of band N are `inputs / factor^N`.
  ///   - outputs: channels of the result.
  ///   - sharesMaps: whether an ``AdaptiveSoftmax`` uses the maps too, the other way round.
  public init(
    _ space: ParameterSpace, _ bands: SymbolBands, inputs: Int, outputs: Int, factor: Double,
    sharesMaps: Bool = false
  ) {
    self.bands = bands
    let narrow = bands.channels(of: inputs, dividedBy: factor)
    parts = bands.ranges.enumerated().map { number, range in
      let part = space.part("embeddings.\(number)")
      let padding = range.contains(Positions.paddingIndex) ? Positions.paddingIndex : nil
      let table = part.part("0").parameter(
        "weight", [range.count, narrow[number]],
        .normal(deviation: 1 / Float(narrow[number]).squareRoot(), zeroRow: padding))
      let map = Linear(
        part.part("1"), inputs: narrow[number], outputs: outputs, hasBias: false,
        weight: .xavierUniform())
      // Rounded by rows, its columns would be off.
      if sharesMaps { map.weight.mayBeRounded = false }
      return Band(table: table, map: map)
    }
  }

  /// Channels of the result.
  public var channels: Int { parts[0].map.weight.shape[0] }

  /// The vectors of symbols; each band's map runs over its own symbols only.
  ///
  /// - Parameters:
  ///   - symbols: `[token]`
  ///   - scale: what vectors are multiplied by.
  /// - Returns: `[token, channel]`
  public func callAsFunction(
    _ symbols: [Int32], scale: Float = 1, _ pass: ForwardPass
  ) -> Tensor {
    var mapped: [Tensor] = []
    var places = [Int32](repeating: 0, count: symbols.count)
    var first: Int32 = 0
    for (part, own) in zip(parts, bands.members(symbols)) where !own.rows.isEmpty {
      let vectors = pass.value(of: part.table).embedding(of: own.symbols, scale: scale)
      mapped.append(part.map(vectors, pass))
      for row in own.rows {
        places[Int(row)] = first
        first += 1
      }
    }
    if mapped.count == 1 { return mapped[0] }
    return mapped.isEmpty
      ? Tensor.zeros([0, channels]) : Tensor.concatenated(mapped).rows(at: places)
  }
}
