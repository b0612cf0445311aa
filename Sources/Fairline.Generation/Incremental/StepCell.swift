public import FairlineTensor

/// One layer of a decoder that computes one symbol of each prefix at a time, with what it keeps
/// between steps.
///
/// What a layer keeps is a ``CachedAttention`` or ``StateRows``. Weights are packed once for all
/// decoders; a cell is made for each.
public protocol StepCell: AnyObject {
  /// Takes further sentences; not called by decoders without a source.
  func join(_ sources: EncodedSources)

  /// Computes the layer for one symbol of each prefix.
  ///
  /// - Parameter states: `[row, channel]`
  /// - Returns: the result, in the same buffer or in another one, valid until the next step. `[row,
  ///   channel]`
  func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer
}

extension StepCell {
  /// Nothing: this cell does not read the source.
  public func join(_ sources: EncodedSources) {}
}

/// What an encoder makes of packed sentences.
public struct SourceEncoding {
  /// The states that decoders attend to. `[source, channel]`
  public var states: RowBuffer
  /// What recurrent decoders begin with, in an order that encoder and cells agree on. Each
  /// `[sentence, channel]`
  public var starts: [Tensor]

  /// Names the parts.
  public init(states: RowBuffer, starts: [Tensor] = []) {
    self.states = states
    self.starts = starts
  }

  /// Takes states that the model itself computed. `[source, channel]`
  public init(_ states: Tensor, starts: [Tensor] = []) {
    self.init(states: RowBuffer(columns: states.shape.columns), starts: starts)
    self.states.copy(states)
  }
}

/// Encodes packed sentences; may keep its buffers from call to call.
public typealias SourceEncoder = (PackedTokens) -> SourceEncoding

/// Sentences that join a decoder, encoded.
public struct EncodedSources {
  /// What the encoder made of them.
  public let encoding: SourceEncoding
  /// Their numbers in the decoder.
  public let sentences: Range<Int>
  /// The cached row of each source symbol. `[source]`
  let places: [Int32]
  /// Rows that caches of sources need to have.
  let capacity: Int
  /// Rows of these caches that may hold something.
  let kept: Int
}
