import Fairline

extension StandardModels {
  /// Adds the convolutional architectures.
  static func registerConvolutional(in catalog: inout Catalog) throws {
    let presets: [(String, String, ConvolutionalSettings)] = [
      ("fconv", "convolutional, 20+20 layers, 512 channels", ConvolutionalSettings()),
      ("fconv_iwslt_de_en", "convolutional, 4+3 layers, 256 channels", .iwslt),
      ("fconv_wmt_en_ro", "convolutional, 20+20 layers, 512 channels, wider output", .wmtRomanian),
      ("fconv_wmt_en_de", "convolutional, 15+15 layers, 512 to 2048 channels", .wmtGerman),
      ("fconv_wmt_en_fr", "convolutional, 15+15 layers, 512 to 4096 channels", .wmtFrench),
    ]
    for (name, summary, preset) in presets {
      try catalog.architectures.add(name, summary, preset: preset) { settings, context in
        try ConvolutionalModel(
          settings, for: context.task, seed: context.seed, values: context.firstValues)
      }
    }
    let texts: [(String, String, ConvolutionalLanguageModelSettings)] = [
      ("fconv_lm", "convolutional language model, 13 layers, 1268 channels", .init()),
      ("fconv_lm_dauphin_wikitext103", "14 layers, 850 channels, adaptive softmax", .wikitext),
      ("fconv_lm_dauphin_gbw", "40 layers, 128 to 4096 channels, adaptive softmax", .billionWords),
    ]
    for (name, summary, preset) in texts {
      try catalog.architectures.add(name, summary, preset: preset) { settings, context in
        try ConvolutionalLanguageModel(
          settings, for: context.task, seed: context.seed, values: context.firstValues)
      }
    }
  }
}
