import Fairline
import FairlineTensor

extension LanguageModelSettings {
  /// The bands of the embeddings; nil for one table.
  ///
  /// - Throws: `UserError` that names the flag that does not fit.
  func inputBands(for task: TaskDescription) throws -> SymbolBands? {
    guard adaptiveInput else {
      guard let cutoffs = adaptiveInputCutoff else { return nil }
      throw UserError(
        "--adaptive-input-cutoff \(cutoffs.optionText) belongs to --adaptive-input: give both, or "
          + "--adaptive-input-cutoff none")
    }
    guard let cutoffs = adaptiveInputCutoff else {
      throw UserError(
        "--adaptive-input needs --adaptive-input-cutoff: give the first symbols of bands, "
          + "20000,60000 for example")
    }
    return try cutoffs.bands(
      "--adaptive-input-cutoff", symbols: task.readSymbols, channels: inputChannels,
      factor: adaptiveInputFactor, factorFlag: "--adaptive-input-factor")
  }

  /// Refuses to share what is not there, or has other sizes.
  func checkSharing(for task: TaskDescription) throws {
    let share = "--share-decoder-input-output-embed"
    try checkNothingShared(
      shareDecoderInputOutputEmbed, share,
      instead: "share with --adaptive-input and --tie-adaptive-weights")
    guard !(shareDecoderInputOutputEmbed && adaptiveInput) else {
      throw UserError(
        "\(share) needs one table of embeddings, which --adaptive-input replaces: leave out one "
          + "of them")
    }
    guard !tieAdaptiveProj || tieAdaptiveWeights else {
      throw UserError("--tie-adaptive-proj needs --tie-adaptive-weights: give both, or none")
    }
    guard tieAdaptiveWeights else { return }
    let tie = "--tie-adaptive-weights"
    guard adaptiveInput, adaptiveSoftmaxCutoff != nil else {
      throw UserError(
        "\(tie) needs --adaptive-input and --adaptive-softmax-cutoff: give all three")
    }
    guard adaptiveInputCutoff == adaptiveSoftmaxCutoff else {
      throw UserError(
        "\(tie) needs --adaptive-input-cutoff equal to --adaptive-softmax-cutoff "
          + "\(adaptiveSoftmaxCutoff?.optionText ?? "")")
    }
    guard adaptiveInputFactor == adaptiveSoftmaxFactor else {
      throw UserError(
        "\(tie) needs --adaptive-input-factor equal to --adaptive-softmax-factor "
          + adaptiveSoftmaxFactor.optionText)
    }
    guard inputChannels == outputChannels else {
      throw UserError(
        "\(tie) needs --decoder-output-dim equal to --decoder-input-dim \(inputChannels)")
    }
    guard !tieAdaptiveProj || decoderEmbedDim == outputChannels else {
      throw UserError(
        "--tie-adaptive-proj needs --decoder-output-dim equal to --decoder-embed-dim "
          + "\(decoderEmbedDim)")
    }
    guard task.readSymbols == task.targetSymbols else {
      throw UserError(
        "\(tie) needs all symbols to be predicted: leave out --output-dictionary-size")
    }
  }
}
