import Fairline
import FairlineGeneration
import FairlineModels
import FairlineTensor

/// A NODE decoder on a fixed grid prepared for search: each step solves for the new rows only,
/// exactly.
struct PreparedNodeDecoder: Sendable {
  let decoder: NodeDecoder
  let scheme: SolveScheme
  /// The maps of each layer's pieces.
  private let pieces: [[PreparedNodeCell]]
  /// The self-attention of separated layers.
  private let separated: [PreparedAttention]

  init(_ decoder: NodeDecoder, _ scheme: SolveScheme, _ weights: InferenceWeights) {
    self.decoder = decoder
    self.scheme = scheme
    pieces = decoder.layers.map { $0.cells.map { PreparedNodeCell($0, weights) } }
    separated = decoder.separated.map { PreparedAttention($0.attention, weights) }
  }

  /// Makes the cells of one decoder.
  func makeCells() -> [any StepCell] {
    let shape = decoder.shape
    let work = NodeStepWork(shape)
    // A composed field that reads the time is wider than the state: its buffers do not fit here.
    let outer = StepWork(channels: shape.layer.channels, hidden: shape.layer.hidden)
    let layers = decoder.layers.indices.map { index in
      NodeStepLayer(
        decoder.layers[index], pieces[index].map { NodeStepCell($0, work) }, scheme,
        separated: separated.isEmpty
          ? nil : SeparatedStep(decoder.separated[index], separated[index], outer))
    }
    guard let augmentation = decoder.stream.augmentation else { return layers }
    return [WideningStep(augmentation, channels: shape.layer.channels)] + layers
  }
}

/// Adds the channels of an augmentation.
private final class WideningStep: StepCell {
  private let augmentation: Augmentation
  private let wide: RowBuffer

  init(_ augmentation: Augmentation, channels: Int) {
    self.augmentation = augmentation
    wide = RowBuffer(columns: channels)
  }

  func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    wide.copy(augmentation.widen(states.tensor(rows: step.rows)))
    return wide
  }
}
