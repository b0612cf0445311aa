import Fairline
import FairlineTensor

/// Settings of models that may have an adaptive softmax.
protocol AdaptiveSoftmaxSettings: Configuration {
  /// Where bands of rarer symbols begin in the output; nil for one softmax over all symbols.
  var adaptiveSoftmaxCutoff: SymbolCutoffs? { get set }
}

/// Settings that say how much is dropped in an adaptive softmax.
protocol AdaptiveSoftmaxDropout: AdaptiveSoftmaxSettings {
  /// Dropout of states and between the maps of each band.
  var adaptiveSoftmaxDropout: Double { get set }
}

/// Settings that say how wide the bands of an adaptive softmax are, too.
protocol AdaptiveSoftmaxShape: AdaptiveSoftmaxDropout {
  /// What the channels of each further band are divided by once more.
  var adaptiveSoftmaxFactor: Double { get set }
}

extension AdaptiveSoftmaxSettings {
  /// The flag of the bands.
  static var cutoffOptions: [Option<Self>] {
    [
      Option(
        "adaptive-softmax-cutoff", \.adaptiveSoftmaxCutoff, in: .from(1),
        "where each band of rarer symbols begins, for --criterion adaptive_loss")
    ]
  }
}

extension AdaptiveSoftmaxDropout {
  /// The flags of the bands and their dropout.
  static var cutoffAndDropoutOptions: [Option<Self>] {
    cutoffOptions + [
      Option(
        "adaptive-softmax-dropout", \.adaptiveSoftmaxDropout, in: .from(0, below: 1),
        "dropout of the adaptive softmax")
    ]
  }
}

extension AdaptiveSoftmaxShape {
  /// The flags of the bands, their dropout and their widths.
  static var adaptiveSoftmaxOptions: [Option<Self>] {
    cutoffAndDropoutOptions + [
      Option(
        "adaptive-softmax-factor", \.adaptiveSoftmaxFactor, in: .from(1, to: 1024),
        "factor by which each further band of the adaptive softmax has fewer channels")
    ]
  }
}

extension SymbolCutoffs {
  /// The bands of a vocabulary.
  ///
  /// - Parameters:
  ///   - flag: the flag that gave the cutoffs.
  ///   - channels: channels of the first band, which others divide by `factor`.
  ///   - factorFlag: the flag that gave the factor; nil for none.
  /// - Throws: `UserError` that names the flag when there are fewer symbols, or a band would have
  ///   no channels.
  func bands(
    _ flag: String, symbols: Int, channels: Int, factor: Double, factorFlag: String?
  ) throws -> SymbolBands {
    guard let bands = SymbolBands(cutoffs: places, symbols: symbols) else {
      throw UserError(
        "\(flag) \(optionText) goes beyond the \(symbols) symbols of the dictionary: give "
          + "smaller numbers, or \(flag) none")
    }
    guard bands.channels(of: channels, dividedBy: factor).allSatisfy({ $0 > 0 }) else {
      throw UserError(
        "\(flag) \(optionText) makes \(bands.count) bands, and the last one would have no "
          + "channels: give fewer numbers" + (factorFlag.map { ", or a smaller \($0)" } ?? ""))
    }
    return bands
  }
}

extension AdaptiveSoftmaxSettings {
  /// The bands of the output; nil for one softmax over all symbols.
  func softmaxBands(symbols: Int, channels: Int, factor: Double) throws -> SymbolBands? {
    try adaptiveSoftmaxCutoff?.bands(
      "--adaptive-softmax-cutoff", symbols: symbols, channels: channels, factor: factor,
      factorFlag: self is any AdaptiveSoftmaxShape ? "--adaptive-softmax-factor" : nil)
  }

  /// Refuses an output projection that is shared and not there.
  func checkNothingShared(_ isShared: Bool, _ flag: String, instead: String) throws {
    guard isShared, adaptiveSoftmaxCutoff != nil else { return }
    throw UserError(
      "\(flag) has no output projection to share with --adaptive-softmax-cutoff: \(instead)")
  }
}
