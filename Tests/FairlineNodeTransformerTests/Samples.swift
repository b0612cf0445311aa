import Testing
import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor

/// Small models and batches that the tests share.
enum Samples {
  static let task = TaskDescription(
    sourceSymbols: 23, targetSymbols: 23, sharesVocabulary: true, maximumSourcePositions: 40,
    maximumTargetPositions: 40)
  static let sources: [[Int32]] = [[5, 9, 11, 4, 2], [7, 2], [12, 13, 14, 15, 16, 17, 18, 2]]
  static let targets: [[Int32]] = [[6, 8, 2], [4, 5, 6, 7, 8, 9, 2], [10, 2]]

  static func batch(_ rows: [Int] = [0, 1, 2]) -> Batch {
    Batch.pairs(
      ids: rows, sources: rows.map { sources[$0] }, targets: rows.map { targets[$0] })
  }

  /// 1+1 layers of 16 channels, pre-norm, without dropout.
  static func settings(
    _ change: (inout NodeTransformerSettings) -> Void = { _ in }
  ) -> NodeTransformerSettings {
    var c = NodeTransformerSettings()
    c.transformer.encoderEmbedDim = 16
    c.transformer.encoderFfnEmbedDim = 24
    c.transformer.encoderAttentionHeads = 2
    c.transformer.decoderAttentionHeads = 2
    c.transformer.encoderNormalizeBefore = true
    c.transformer.decoderNormalizeBefore = true
    c.transformer.dropout = 0
    c.transformer.encoderLayers = 1
    c.transformer.decoderLayers = 1
    change(&c)
    return c
  }

  static func model(
    seed: UInt64 = 1, _ change: (inout NodeTransformerSettings) -> Void = { _ in }
  ) throws -> NodeTransformer {
    try NodeTransformer(settings(change), for: task, seed: seed)
  }

  /// The loss of a batch in training, with the gradients of all parameters, flat.
  static func loss(
    _ model: any Model, _ batch: Batch = batch(), seed: UInt64 = 3
  ) -> (value: Double, gradients: [Float], pass: ForwardPass) {
    model.parameters.prepareGradients()
    let pass = ForwardPass.training(RandomSource(seed: seed))
    let loss = model(batch, pass).crossEntropy(targets: batch.target).loss
    var results = [(result: loss, seed: Tensor.ones(loss.shape))]
    for (_, value) in pass.auxiliaryLosses { results.append((value, Tensor.ones(value.shape))) }
    let value = results.reduce(0) { $0 + Double($1.result.scalar) }
    pass.tape?.goBack(from: results)
    return (value, model.parameters.gradients.scalars, pass)
  }
}

/// A named choice of settings, shown by its name in reports.
struct Variant: CustomTestStringConvertible, Sendable {
  let name: String
  let change: @Sendable (inout NodeTransformerSettings) -> Void

  init(_ name: String, _ change: @escaping @Sendable (inout NodeTransformerSettings) -> Void) {
    self.name = name
    self.change = change
  }

  var testDescription: String { name }

  /// Both changes, one after the other.
  func and(_ other: Variant) -> Variant {
    Variant("\(name), \(other.name)") {
      change(&$0)
      other.change(&$0)
    }
  }

  static let sides = [
    Variant("encoder") { $0.node.nodeEncoder = true },
    Variant("decoder") { $0.node.nodeDecoder = true },
    Variant("both") {
      $0.node.nodeEncoder = true
      $0.node.nodeDecoder = true
    },
    Variant("separated") {
      $0.node.nodeEncoder = true
      $0.node.nodeDecoder = true
      $0.node.nodeSeparatedDecoder = true
    },
  ]

  static let fields = [
    Variant("pre_norm") { $0.node.nodeField = .preNorm },
    Variant("post_norm") {
      $0.node.nodeField = .postNorm
      $0.transformer.encoderNormalizeBefore = false
      $0.transformer.decoderNormalizeBefore = false
    },
    Variant("composed, normalised before") { $0.node.nodeField = .postNorm },
  ]

  static let extras = [
    Variant("plain") { _ in },
    Variant("augmented") { $0.node.nodeAugmentDims = 1 },
    Variant("time-dependent") {
      $0.node.nodeTimeDependent = true
      $0.node.nodeLearnScale = true
      $0.node.nodeScaleStart = 0.7
    },
    Variant("pieces") { $0.node.nodeWeightPieces = 2 },
    Variant("two layers") {
      $0.transformer.encoderLayers = 2
      $0.transformer.decoderLayers = 2
      $0.node.nodeAugmentDims = 1
    },
  ]

  static func fixed(_ method: String, _ steps: Int) -> Variant {
    Variant("\(method) x \(steps)") {
      $0.node.nodeMethod = method
      $0.node.nodeSteps = steps
    }
  }

  static func adaptive(_ method: String, _ tolerance: Double) -> Variant {
    Variant("\(method) \(tolerance)") {
      $0.node.nodeMethod = method
      $0.node.nodeRtol = tolerance
      $0.node.nodeAtol = tolerance
    }
  }

  static func product(_ lists: [Variant]...) -> [Variant] {
    lists.dropFirst().reduce(lists[0]) { left, right in
      left.flatMap { first in right.map { first.and($0) } }
    }
  }
}
