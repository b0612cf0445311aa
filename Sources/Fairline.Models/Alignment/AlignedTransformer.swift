public import Fairline
import FairlineGeneration
public import FairlineTensor

/// A Transformer, one of whose layers attends to what target words are aligned with (Garg and
/// others 2019, "Jointly learning to align and translate with Transformer models"), with fairseq's
/// options and parameter names.
public final class AlignedTransformer: Model {
  private let base: Transformer
  private let layer, heads: Int
  private let seesWholeTarget: Bool

  /// Makes a model with freshly drawn parameters.
  ///
  /// - Parameter values: what the parameters hold at first.
  /// - Throws: `UserError` when the settings contradict each other or the task.
  public init(
    _ configuration: AlignedTransformerSettings, for task: TaskDescription,
    seed: UInt64 = 1, values: ParameterSpace.FirstValues = .drawn
  ) throws {
    try configuration.check()
    base = try Transformer(configuration.transformer, for: task, seed: seed, values: values)
    layer = configuration.alignmentLayer
    heads = configuration.alignmentHeads
    seesWholeTarget = configuration.fullContextAlignment
  }

  /// All parameters.
  public var parameters: ParameterSet { base.parameters }
  /// The longest source and target, ends included.
  public var maximumPositions: (source: Int, target: Int) { base.maximumPositions }
  /// fairseq's names of all versions.
  public var fileNames: NameMap { base.fileNames }
  /// Yes.
  public var computesSentencesApart: Bool { true }
  /// Yes.
  public var alignsTargets: Bool { true }
  /// Whether the settings ask for it.
  public var hasAdaptiveSoftmax: Bool { base.hasAdaptiveSoftmax }

  /// Predicts every target symbol; the attention of the aligned layer comes with it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let memory = base.encoder(batch.source, pass)
    let wants = batch.alignments != nil || !pass.isTraining
    var found: Tensor?
    let probe = wants && !seesWholeTarget ? self.probe(batch, memory, pass) { found = $0 } : nil
    let states = base.decoder(
      batch.decoderInput, memory: memory, memorySegments: batch.source.segments,
      probe: probe, pass)
    if wants, seesWholeTarget { found = wholeContext(batch, memory, pass) }
    var output = base.output.output(
      states, attention: pass.isTraining ? nil : found.map { Self.weights($0, batch) }, pass)
    output.alignment = found
    return output
  }

  /// The attention of the aligned layer where it sees targets whole; nil where a search's own
  /// attention is shown.
  public func alignment(of batch: Batch) -> AttentionWeights? {
    // Parameters that are integers only serve searches: their own attention is shown.
    guard seesWholeTarget, parameters.quantized.isEmpty else { return nil }
    let pass = ForwardPass.evaluation()
    let found = wholeContext(batch, base.encoder(batch.source, pass), pass)
    return found.map { Self.weights($0, batch) }
  }

  /// A second trip through the layers up to the aligned one, in which every symbol sees all.
  private func wholeContext(_ batch: Batch, _ memory: Tensor, _ pass: ForwardPass) -> Tensor? {
    var found: Tensor?
    var probe = self.probe(batch, memory, pass) { found = $0 }
    probe.endsThere = true
    _ = base.decoder(
      batch.decoderInput, memory: memory, memorySegments: batch.source.segments,
      isCausal: false, probe: probe, pass)
    return found
  }

  private func probe(
    _ batch: Batch, _ memory: Tensor, _ pass: ForwardPass, _ receive: @escaping (Tensor) -> Void
  ) -> TransformerDecoder.SourceProbe {
    TransformerDecoder.SourceProbe(layer: layer) { [heads] attention, x in
      receive(
        attention.probabilities(
          x, segments: batch.decoderInput.segments, memory: memory,
          memorySegments: batch.source.segments, heads: heads, pass))
    }
  }

  /// Weights by sentence. Each `[target, source]`
  private static func weights(_ flat: Tensor, _ batch: Batch) -> AttentionWeights {
    var first = 0
    return AttentionWeights(
      (0..<batch.source.segments.count).map { row in
        let shape: Shape = [
          batch.decoderInput.segments.length(row), batch.source.segments.length(row),
        ]
        defer { first += shape.count }
        return flat.detached.sliced(first..<(first + shape.count)).reshaped(to: shape)
      })
  }
}

extension AlignedTransformer {
  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search as the plain Transformer does.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    base.prepareSearch(preparation)
  }
}
