import FairlineTensor

/// A named size of the Transformer language model.
struct LanguageModelPreset {
  let name: String
  let summary: String
  let settings: LanguageModelSettings

  /// All sizes that fairseq names.
  static var all: [LanguageModelPreset] { base + adaptive + gpt2 + gpt3 }

  private static var base: [LanguageModelPreset] {
    [
      LanguageModelPreset(
        name: "transformer_lm", summary: "6 layers, 512 channels, post-norm",
        settings: LanguageModelSettings()),
      LanguageModelPreset(
        name: "transformer_lm_big", summary: "12 layers, 1024 channels",
        settings: size(12, 1024, hidden: 4096, heads: 16)),
    ]
  }

  /// Those of Baevski and Auli (2019), each under two names.
  private static var adaptive: [LanguageModelPreset] {
    var wiki = size(16, 1024, hidden: 4096, heads: 8)
    (wiki.dropout, wiki.attentionDropout, wiki.activationDropout) = (0.3, 0.1, 0.1)
    wiki.noDecoderFinalNorm = true
    wiki.adaptiveInputCutoff = SymbolCutoffs([20_000, 60_000])
    wiki.adaptiveSoftmaxCutoff = wiki.adaptiveInputCutoff
    wiki.adaptiveSoftmaxDropout = 0.2
    (wiki.adaptiveInput, wiki.tieAdaptiveWeights, wiki.tieAdaptiveProj) = (true, true, true)
    var billion = size(12, 512, hidden: 4096, heads: 16)
    billion.attentionDropout = 0.1
    billion.noDecoderFinalNorm = true
    return ["", "baevski_"].flatMap { prefix in
      [
        LanguageModelPreset(
          name: "transformer_lm_\(prefix)wiki103",
          summary: "16 layers, 1024 channels, adaptive embeddings and softmax", settings: wiki),
        LanguageModelPreset(
          name: "transformer_lm_\(prefix)gbw",
          summary: "12 layers, 512 channels, no normalisation at the end", settings: billion),
      ]
    }
  }

  private static var gpt2: [LanguageModelPreset] {
    let sizes: [(String, Int, Int, Int, Int)] = [
      ("gpt", 12, 768, 3072, 12), ("gpt2_tiny", 2, 64, 64, 1), ("gpt2_small", 24, 1024, 4096, 16),
      ("gpt2_medium", 36, 1280, 5120, 20), ("gpt2_big", 48, 1600, 6400, 25),
      ("gpt2_big_wide", 24, 2048, 8192, 32), ("gpt2_bigger", 48, 2048, 8192, 32),
    ]
    return sizes.map { name, layers, channels, hidden, heads in
      var settings = size(layers, channels, hidden: hidden, heads: heads)
      settings.attentionDropout = 0.1
      settings.activationFn = .gelu
      return LanguageModelPreset(
        name: "transformer_lm_\(name)", summary: "\(layers) layers, \(channels) channels, GELU",
        settings: settings)
    }
  }

  private static var gpt3: [LanguageModelPreset] {
    let sizes: [(String, Int, Int, Int)] = [
      ("small", 12, 768, 12), ("medium", 24, 1024, 16), ("large", 24, 1536, 16),
      ("xl", 24, 2048, 32), ("2_7", 32, 2560, 32), ("6_7", 32, 4096, 32), ("13", 40, 5120, 40),
      ("175", 96, 12288, 96),
    ]
    return sizes.map { name, layers, channels, heads in
      var settings = size(layers, channels, hidden: 4 * channels, heads: heads)
      settings.dropout = 0
      settings.activationFn = .gelu
      settings.decoderLearnedPos = true
      settings.shareDecoderInputOutputEmbed = true
      return LanguageModelPreset(
        name: "transformer_lm_gpt3_\(name)",
        summary: "\(layers) layers, \(channels) channels, GELU, learned positions",
        settings: settings)
    }
  }

  /// A model that normalises before each sub-layer, as all but the plain one do.
  private static func size(
    _ layers: Int, _ channels: Int, hidden: Int, heads: Int
  ) -> LanguageModelSettings {
    var c = LanguageModelSettings()
    c.decoderLayers = layers
    c.decoderEmbedDim = channels
    c.decoderFfnEmbedDim = hidden
    c.decoderAttentionHeads = heads
    c.decoderNormalizeBefore = true
    return c
  }
}
