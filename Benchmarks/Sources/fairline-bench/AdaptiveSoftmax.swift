import Fairline
import FairlineModels
import FairlineTensor
import Foundation

/// A language model in training, whose symbols are as frequent as words of a text.
private final class TextTraining {
  let name: String
  private let model: TransformerLanguageModel
  private let optimizer: Adam
  private let batch: Batch
  private let criterion: any Criterion
  private var update = 0
  private(set) var times: [Double] = []

  init(
    _ name: String, _ settings: BenchmarkSettings, _ batch: Batch,
    _ change: (inout LanguageModelSettings) -> Void
  ) throws {
    var c = LanguageModelSettings()
    c.decoderEmbedDim = settings.channels
    c.decoderFfnEmbedDim = 4 * settings.channels
    (c.decoderLayers, c.decoderAttentionHeads) = (2 * settings.layers, settings.heads)
    change(&c)
    self.name = name
    let task = TaskDescription(symbols: Self.symbols, maximumPositions: 512)
    model = try TransformerLanguageModel(c, for: task)
    optimizer = try Adam(Adam.Settings(), model.parameters)
    let catalog = try Catalog([StandardTraining.self])
    let choice = model.hasAdaptiveSoftmax ? "adaptive_loss" : "cross_entropy"
    criterion = try catalog.criteria.select(choice).build(CriterionContext(task: task))
    self.batch = batch
  }

  static let symbols = 32_000

  /// Texts whose symbols follow Zipf's law: the one of rank r is drawn in proportion to 1 / r.
  static func texts(_ count: Int, length: Int) -> Batch {
    var random = RandomSource(seed: 7)
    let targets = (0..<count).map { _ in
      (0..<length).map { _ in
        Int32(min(4 * pow(Double(symbols) / 4, random.uniform()), Double(symbols - 1)))
      }
    }
    return .sequences(ids: Array(0..<count), targets: targets)
  }

  /// Makes an update: forward, backward, norm, Adam.
  func step() {
    let time = Timing.time {
      update += 1
      let pass = ForwardPass.training(RandomSource(seed: 1, update: update))
      model.parameters.prepareGradients()
      pass.tape?.goBack(from: criterion(model, batch, pass).value)
      _ = model.parameters.gradients.squaredNorm
      optimizer.update(rate: 1e-4, gradientScale: 1 / Float(batch.tokenCount))
    }
    // The first one takes memory.
    if update > 1 { times.append(time) }
  }

  var rate: Double { Double(batch.tokenCount) / Timing.median(times) }
}

/// Updates of a language model of 32000 symbols: one softmax over all against one in bands, by
/// turns.
func measureAdaptiveSoftmax(_ settings: BenchmarkSettings) throws {
  let batch = TextTraining.texts(16, length: 256)
  let cutoffs = SymbolCutoffs([2000, 10_000])
  let runs = [
    try TextTraining("one softmax", settings, batch) { _ in },
    try TextTraining("one softmax, shared with embeddings", settings, batch) {
      $0.shareDecoderInputOutputEmbed = true
    },
    try TextTraining("adaptive softmax, 2000,10000", settings, batch) {
      $0.adaptiveSoftmaxCutoff = cutoffs
    },
    try TextTraining("adaptive softmax and inputs, shared", settings, batch) {
      ($0.adaptiveSoftmaxCutoff, $0.adaptiveInputCutoff) = (cutoffs, cutoffs)
      ($0.adaptiveInput, $0.tieAdaptiveWeights, $0.tieAdaptiveProj) = (true, true, true)
    },
  ]
  for _ in 0...settings.repeats { for run in runs { run.step() } }
  print(
    "language model, \(2 * settings.layers) layers, \(settings.channels) channels, "
      + "\(TextTraining.symbols) symbols, \(batch.tokenCount) tokens:")
  for run in runs {
    print(
      "  \(run.name): \(short(run.rate)) tokens/s, "
        + "\(String(format: "%.2f", run.rate / runs[0].rate)) x")
  }
}
