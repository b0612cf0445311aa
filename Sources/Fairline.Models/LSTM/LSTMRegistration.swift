import Fairline

extension StandardModels {
  /// Adds the recurrent architectures.
  static func registerLSTM(in catalog: inout Catalog) throws {
    let presets: [(String, String, LSTMSettings)] = [
      ("lstm", "recurrent, 1+1 layers, 512 channels", LSTMSettings()),
      ("lstm_wiseman_iwslt_de_en", "recurrent, 1+1 layers, 256 channels", .wiseman),
      ("lstm_luong_wmt_en_de", "recurrent, 4+4 layers, 1000 channels", .luong),
    ]
    for (name, summary, preset) in presets {
      try catalog.architectures.add(name, summary, preset: preset) { settings, context in
        try LSTM(settings, for: context.task, seed: context.seed, values: context.firstValues)
      }
    }
    try catalog.architectures.add(
      "lstm_lm", "recurrent language model, 1 layer, 512 channels",
      preset: LSTMLanguageModelSettings()
    ) { settings, context in
      try LSTMLanguageModel(
        settings, for: context.task, seed: context.seed, values: context.firstValues)
    }
  }
}
