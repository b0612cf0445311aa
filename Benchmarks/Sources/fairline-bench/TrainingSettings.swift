import ExampleSupport
import FairlineModels
import FairlineTensor
import Foundation

/// The shape of a measured training: the model, the batches, how it computes.
struct TrainingSettings {
  var sourceLength: Int
  var targetLength: Int
  var maxTokens: Int
  var vocabulary: Int
  var updates: Int
  var format: ProductFormat
  var model = TransformerSettings()

  /// Takes flags out of the arguments.
  init(_ arguments: inout Arguments) {
    let length = arguments.count("--length", default: 15)
    sourceLength = arguments.count("--source-length", default: length)
    targetLength = arguments.count("--target-length", default: length)
    maxTokens = arguments.count("--max-tokens", default: 4096)
    vocabulary = arguments.count("--vocabulary", default: 7792)
    updates = arguments.count("--updates", default: 8)
    format = arguments.flag("--fp16") ? .bestHalf : .float32
    let width = arguments.count("--width", default: 256)
    let layers = arguments.count("--layers", default: 3)
    model.encoderEmbedDim = width
    model.encoderFfnEmbedDim = arguments.count("--ffn", default: 4 * width)
    model.encoderAttentionHeads = arguments.count("--heads", default: max(1, width / 64))
    model.decoderAttentionHeads = model.encoderAttentionHeads
    (model.encoderLayers, model.decoderLayers) = (layers, layers)
    model.shareAllEmbeddings = true
    model.dropout = 0.3
    if let text = arguments.value("--dropout") {
      guard let share = Double(text), (0..<1).contains(share) else {
        arguments.fail("--dropout: '\(text)' is not a number from 0 to below 1")
      }
      model.dropout = share
    }
    model.checkpointActivations = arguments.flag("--checkpoint-activations")
    Parallel.setThreadCount(
      arguments.count("--threads", default: ProcessInfo.processInfo.activeProcessorCount))
  }

  /// Sentences of a batch: as many as the token budget holds of the longer side.
  var rows: Int { max(1, maxTokens / max(sourceLength, targetLength)) }
}
