public import Fairline
public import FairlineData
public import FairlineTensor

/// How a ``Translator`` works.
public struct TranslatorSettings: Sendable {
  /// How outputs are searched for; fairseq's defaults.
  public var search = GenerationSettings()
  /// How prefixes are continued; nil for what ``search`` says.
  public var strategy: (any SearchStrategy)?
  /// What adds to the scores of the models.
  public var additions: [any ScorerFactory] = []
  /// The numbers that weights are held in.
  public var precision = InferencePrecision.float32
  /// The file of a shortlist; nil for all symbols.
  public var shortlist: String?
  /// Searches that run side by side with the same weights; 0 for one on each thread.
  public var workers = 0
  /// Whether scores are of no interest, so that they need not be computed where nothing depends
  /// on them; they are then 0.
  public var omitsScores = false
  /// What joins units of outputs before the tokenizer does.
  public var postProcessing = PostProcessing.none
  /// What divides lines, instead of what the checkpoint or data folder brings.
  public var sourceTokenizer: (any Tokenizer)?
  /// What joins outputs, instead of what the checkpoint or data folder brings.
  public var targetTokenizer: (any Tokenizer)?
  /// What divides lines into words first; nil where words are what the tokenizer takes.
  public var sourceWords: (any Tokenizer)?
  /// What makes text of words of outputs.
  public var targetWords: (any Tokenizer)?

  /// The defaults.
  public init() {}

  /// The defaults, with the search that a model is to be used with.
  ///
  /// - Throws: when the file asks for a search that is not known.
  public init(for file: ModelFile) throws {
    guard let own = file.header.search else { return }
    let draft = Draft("Search", search)
    try draft.restore(own)
    search = draft.value
  }

  /// How models are prepared for this.
  func preparation(for task: any GenerationTask) throws -> SearchPreparation {
    var preparation = SearchPreparation()
    preparation.precision = precision
    if let path = shortlist {
      let shortlist = try Shortlist(contentsOf: path, for: task)
      preparation.candidates = { shortlist.candidates(for: $0) }
    }
    return preparation
  }
}
