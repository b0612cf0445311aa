import FairlineModels
import Fairline

extension NodeTransformerSettings {
  /// Refuses settings of the neural ODE that contradict each other or that no solver can follow.
  func checkNode(_ schemes: SolveSchemes) throws {
    try checkRanges()
    try checkCombinations()
    try node.check(layers: nodeLayers, schemes)
  }

  /// The number of layers of each side that is a NODE.
  var nodeLayers: [String: Int] {
    let c = resolvedTransformer
    return [
      "encoder": node.nodeEncoder ? c.encoderLayers : nil,
      "decoder": node.nodeDecoder ? c.decoderLayers : nil,
    ].compactMapValues(\.self)
  }

  private func checkCombinations() throws {
    let n = node
    if n.nodeSeparatedDecoder, !n.nodeDecoder {
      throw UserError("--node-separated-decoder needs --node-decoder: add it")
    }
    let c = resolvedTransformer
    if n.nodeDecoder,
      c.decoderInputChannels != c.decoderChannels
        || c.decoderOutputChannels != c.decoderChannels
    {
      throw UserError(
        "--node-decoder needs embeddings as wide as the decoder: leave out --decoder-input-dim and "
          + "--decoder-output-dim"
      )
    }
    for (flag, isGiven) in [
      ("cross-self-attention", c.crossSelfAttention), ("no-cross-attention", c.noCrossAttention),
      ("encoder-layers-to-keep", c.encoderLayersToKeep != nil),
      ("decoder-layers-to-keep", c.decoderLayersToKeep != nil),
      ("decoder-self-layer", c.decoderSelfLayer != .attention),
      ("layer-norm-eps", c.layerNormEps != TransformerSettings().layerNormEps),
    ] where isGiven {
      throw UserError("--\(flag) belongs to --arch transformer: leave it out for node_transformer")
    }
    for (side, isNode, drop) in [
      ("encoder", n.nodeEncoder, c.encoderLayerdrop),
      ("decoder", n.nodeDecoder, c.decoderLayerdrop),
    ] where isNode && drop > 0 {
      throw UserError("--\(side)-layerdrop is of classic layers: leave it out with --node-\(side)")
    }
    if c.checkpointActivations, n.nodeEncoder, n.nodeDecoder {
      throw UserError(
        "--checkpoint-activations is of classic layers: give --node-gradient replay, which keeps "
          + "only the first states of steps")
    }
  }
}
