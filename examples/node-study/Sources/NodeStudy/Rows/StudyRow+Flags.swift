import Fairline
import FairlineNodeTransformer

extension StudyRow {
  /// The flags of `fairline-train` that make the row what it is, beside those that all rows share.
  package func flags(layers: Int) -> String {
    var flags: [String] = []
    var settings = StudySettings()
    settings.layers = layers
    let mine = configuration(settings)
    if isNode {
      flags.append("--arch node_transformer")
      let usual = NodeSettings()
      flags += NodeSettings.options.compactMap { option in
        let value = option.describe(mine.node)
        guard value != option.describe(usual) else { return nil }
        return option.format.arity == .flag
          ? option.format.flag : "\(option.format.flag) \(value.filter { $0 != " " })"
      }
    } else {
      flags.append("--arch transformer")
    }
    let transformer = mine.transformer
    flags.append(
      "--encoder-layers \(transformer.encoderLayers) --decoder-layers \(transformer.decoderLayers)")
    if transformer.encoderNormalizeBefore {
      flags.append("--encoder-normalize-before --decoder-normalize-before")
    }
    flags.append("--weight-decay \(NumberText.general(weightDecay))")
    return flags.joined(separator: " ")
  }
}
