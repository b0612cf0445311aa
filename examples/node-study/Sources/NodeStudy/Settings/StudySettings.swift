import Fairline

/// What a study is made with, by flags.
package struct StudySettings: Configuration, Equatable {
  package var data = ""
  package var out: String?
  package var quick = false
  package var rows: String?
  package var list = false
  package var reportOnly = false

  package var width = 128
  package var ffn: Int?
  package var heads = 4
  package var layers = 3

  package var epochs = 1.0
  package var maxUpdates = 0
  package var adaptiveUpdates: Int?
  package var maxTokens = 512
  package var lr = 2e-3
  package var warmupUpdates = 150
  package var seeds = 1
  package var firstSeed = 1
  package var threads = 0

  package var validSentences = 0
  package var genSubset: String?
  package var sentences = 500
  package var beam = 5
  package var postProcess: String?

  /// A study of about an hour on two cores, with data of the size of Multi30k.
  package init() {}

  /// A study of about five minutes: small models, few updates, few sentences.
  package static var quickPreset: Self {
    var settings = Self()
    settings.quick = true
    settings.width = 64
    settings.maxUpdates = 160
    settings.adaptiveUpdates = 48
    settings.lr = 3e-3
    settings.warmupUpdates = 40
    settings.validSentences = 200
    settings.sentences = 100
    settings.beam = 1
    return settings
  }

  /// Hidden channels of feed-forward networks.
  package var hidden: Int { ffn ?? 4 * width }

  /// Where results go.
  package var folder: String { out ?? (quick ? "node-study-quick" : "node-study") }
}
