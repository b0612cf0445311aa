/// Probabilities of symbols in two steps: first one of the most frequent symbols or a band of rarer
/// ones, then a symbol of that band, from fewer channels (Grave and others 2017, "Efficient softmax
/// approximation for GPUs").
public struct AdaptiveSoftmax: Sendable {
  /// The way to the symbols of one band.
  package struct Tail: Sendable {
    /// Shape `[narrow, channel]`, or `[channel, narrow]` where it is that of the embeddings.
    package let map: Parameter
    /// Whether the map is that of the embeddings, used the other way round.
    package let isTransposed: Bool
    /// Shape `[symbol, narrow]`.
    package let table: Parameter
  }

  /// Which symbols belong to which band.
  public let bands: SymbolBands
  /// From states to the first band's symbols, then to bands: one parameter of all rows, or two.
  /// Each `[row, channel]`
  package let head: [Parameter]
  /// The way to each band but the first.
  package let tails: [Tail]
  /// The probability of dropping states, and what lies between the two maps of a tail.
  public let dropout: Double

  /// What is shared with embeddings of the same bands.
  public struct Sharing: Sendable {
    /// The embeddings, whose tables are shared.
    public let embedding: AdaptiveEmbedding
    /// Whether the maps between wide and narrow channels are shared, too.
    public let includesMaps: Bool

    /// Shares tables, or tables and maps.
    public init(_ embedding: AdaptiveEmbedding, includesMaps: Bool) {
      self.embedding = embedding
      self.includesMaps = includesMaps
    }
  }

  /// Makes the parameters with fairseq's names.
  ///
  /// - Parameters:
  ///   - channels: channels of states; those of band N are `channels / factor^N`.
  ///   - sharing: nil where all parameters are its own.
  public init(
    _ space: ParameterSpace, _ bands: SymbolBands, channels: Int, factor: Double,
    dropout: Double, sharing: Sharing? = nil
  ) {
    self.bands = bands
    self.dropout = dropout
    let rest = bands.count - 1
    let narrow = bands.channels(of: channels, dividedBy: factor)
    func own(_ space: ParameterSpace, _ rows: Int, _ columns: Int) -> Parameter {
      space.parameter("weight", [rows, columns], .xavierUniform())
    }
    let headSpace = space.part("head")
    if let sharing {
      let table = sharing.embedding.parts[0].table
      headSpace.alias("word_proj.weight", of: table)
      head = [table] + (rest > 0 ? [own(headSpace.part("class_proj"), rest, channels)] : [])
    } else {
      head = [own(headSpace, bands.ranges[0].count + rest, channels)]
    }
    tails = (0..<rest).map { number in
      let part = space.part("tail.\(number)")
      let band = number + 1
      guard let sharing else {
        let map = own(part.part("0"), narrow[band], channels)
        let table = own(part.part("2"), bands.ranges[band].count, narrow[band])
        return Tail(map: map, isTransposed: false, table: table)
      }
      let shared = sharing.embedding.parts[band]
      part.alias("2.weight", of: shared.table)
      if sharing.includesMaps { part.alias("0.weight", of: shared.map.weight) }
      return Tail(
        map: sharing.includesMaps
          ? shared.map.weight : own(part.part("0"), narrow[band], channels),
        isTransposed: sharing.includesMaps, table: shared.table)
    }
  }

  /// The parameters in a pass.
  public func callAsFunction(_ pass: ForwardPass) -> AdaptiveProbabilities {
    let rows = head.map(pass.value(of:))
    return AdaptiveProbabilities(
      bands: bands, dropout: dropout, head: rows.count == 1 ? rows[0] : Tensor.concatenated(rows),
      tails: tails.map { tail in
        let map = pass.value(of: tail.map)
        return (tail.isTransposed ? map.transposed() : map, pass.value(of: tail.table))
      }, pass: pass)
  }
}
