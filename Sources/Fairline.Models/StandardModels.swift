public import Fairline

/// The architectures that Fairline brings, and what opens other programs' files of them.
public enum StandardModels: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    let presets: [(String, String, TransformerSettings)] = [
      ("transformer", "6+6 layers, 512 channels", TransformerSettings()),
      ("transformer_tiny", "2+2 layers, 64 channels, for tests", .tiny),
      ("transformer_iwslt_de_en", "6+6 layers, 512 channels, 1024 hidden, 4 heads", .iwslt),
      ("transformer_wmt_en_de", "another name of transformer", TransformerSettings()),
      ("transformer_vaswani_wmt_en_de_big", "6+6 layers, 1024 channels", .vaswaniBig),
      (
        "transformer_vaswani_wmt_en_fr_big", "6+6 layers, 1024 channels, dropout 0.1",
        .vaswaniBigFrench
      ),
      ("transformer_wmt_en_de_big", "big, with attention dropout", .wmtBig),
      ("transformer_ssru", "6+2 layers, recurrent decoder, 512 channels", .studentBase),
      ("transformer_ssru_tiny", "6+2 layers, recurrent decoder, 256 channels", .studentTiny),
      ("transformer_wmt_en_de_big_t2t", "big, pre-norm, dropout everywhere", .wmtBigT2T),
    ]
    for (name, summary, preset) in presets {
      try catalog.architectures.add(name, summary, preset: preset) { settings, context in
        try Transformer(
          settings, for: context.task, seed: context.seed,
          values: context.firstValues)
      }
    }
    let aligned: [(String, String, AlignedTransformerSettings)] = [
      ("transformer_align", "transformer with attention guided by alignments", .init()),
      ("transformer_wmt_en_de_big_align", "transformer_align with 1024 channels", .big),
    ]
    for (name, summary, preset) in aligned {
      try catalog.architectures.add(name, summary, preset: preset) { settings, context in
        try AlignedTransformer(
          settings, for: context.task, seed: context.seed, values: context.firstValues)
      }
    }
    for preset in LanguageModelPreset.all {
      try catalog.architectures.add(preset.name, preset.summary, preset: preset.settings) {
        try TransformerLanguageModel(
          $0, for: $1.task, seed: $1.seed, values: $1.firstValues)
      }
    }
    try registerLSTM(in: &catalog)
    try registerConvolutional(in: &catalog)
    try catalog.importers.add(
      "fairseq_folder", "safetensors with fairseq's names, beside a config.json", FairseqFolder())
  }
}
