import Fairline
import FairlineFoundation

/// What `fairline-preprocess` is told: one property for each flag, with its default.
public struct PreprocessSettings: Codable, Sendable, Equatable {
  /// The language of the source side, the suffix of its text files.
  public var sourceLang: String?
  /// The language of the target side, the suffix of its text files.
  public var targetLang: String?
  /// The paths of training texts, without their language suffix, separated by commas.
  public var trainpref: String?
  /// The paths of validation texts, separated by commas.
  public var validpref: String?
  /// The paths of test texts, separated by commas.
  public var testpref: String?
  /// Whether texts are tables: the source, a tab and the target on each line.
  public var tsv = false
  /// The suffix of word-alignment files.
  public var alignSuffix: String?
  /// The folder for the result.
  public var destdir = "data-bin"
  /// Source words counted less often become unknown.
  public var thresholdsrc = 0
  /// Target words counted less often become unknown.
  public var thresholdtgt = 0
  /// The largest source dictionary, special symbols included; -1 for no limit.
  public var nwordssrc = -1
  /// The largest target dictionary, special symbols included; -1 for no limit.
  public var nwordstgt = -1
  /// A source dictionary to reuse.
  public var srcdict: String?
  /// A target dictionary to reuse.
  public var tgtdict: String?
  /// A model whose dictionaries and tokenizers are used.
  public var model: String?
  /// One dictionary for both sides.
  public var joinedDictionary = false
  /// Only the source side, as for language models.
  public var onlySource = false
  /// Dictionaries are padded to a multiple of this size.
  public var paddingFactor = 8
  /// The number of threads; 0 for one per core.
  public var workers = 0
  /// Stop after the dictionaries.
  public var dictOnly = false
  /// How data sets are written: mmap or raw.
  public var datasetImpl = DatasetKind.mmap
  /// Word alignments of the training text, from which a replacement table is made.
  public var alignfile: String?
  /// The division into subword units; `sentencepiece` takes plain text.
  public var bpe: String?
  /// The tokenizer of words that text passes first.
  public var tokenizer: String?
  /// A SentencePiece model to use; without it one is learnt from the training text.
  public var sentencepieceModel: String?
  /// The number of pieces of a new SentencePiece model.
  public var sentencepieceVocabSize = 8000
  /// The kind of a new SentencePiece model.
  public var sentencepieceType = SentencePieceTraining.Kind.bpe
  /// The share of characters that a new SentencePiece model knows.
  public var sentencepieceCharacterCoverage = 1.0
  /// The most bytes of a line that a new SentencePiece model learns from.
  public var sentencepieceMaxSentenceLength = SentencePieceTraining.usualLongestLine

  /// Creates the default settings.
  public init() {}

  /// What fairseq knows and takes without effect: the text is divided already.
  package static let idleBPE = [
    "subword_nmt", "fastbpe", "gpt2", "bert", "byte_bpe", "bytes", "characters", "hf_byte_bpe",
    "none",
  ]

  var usesSentencePiece: Bool { bpe == "sentencepiece" }

  /// Checks flags that exclude or need each other.
  ///
  /// - Parameter hasTokenizer: whether ``bpe`` is a tokenizer that the caller has found.
  func validate(hasTokenizer: Bool) throws {
    if !onlySource && (sourceLang == nil || targetLang == nil) {
      throw UserError("give --source-lang and --target-lang, or --only-source for one side")
    }
    if !onlySource && sourceLang == targetLang {
      throw UserError("--source-lang and --target-lang must differ")
    }
    if joinedDictionary && srcdict != nil && tgtdict != nil {
      throw UserError("--joined-dictionary takes --srcdict or --tgtdict, not both")
    }
    if model != nil {
      let others = [
        ("--srcdict", srcdict != nil), ("--tgtdict", tgtdict != nil), ("--bpe", bpe != nil),
        ("--joined-dictionary", joinedDictionary),
        ("--sentencepiece-model", sentencepieceModel != nil),
      ]
      if let other = others.first(where: \.1) {
        throw UserError("--model brings dictionaries and tokenizers: leave out \(other.0)")
      }
    } else if trainpref == nil {
      let shared = joinedDictionary && (srcdict != nil || tgtdict != nil)
      if srcdict == nil && !shared { throw UserError("give --trainpref, or --srcdict") }
      if !onlySource && tgtdict == nil && !shared {
        throw UserError("give --trainpref, or --tgtdict")
      }
    }
    if tsv, onlySource { throw UserError("--tsv has two columns, and --only-source takes one") }
    if trainpref == nil, alignfile != nil { throw UserError("--alignfile needs --trainpref") }
    if datasetImpl != .mmap && datasetImpl != .raw {
      throw UserError("--dataset-impl: '\(datasetImpl.rawValue)' is read only; use mmap or raw")
    }
    let known = ["sentencepiece"] + Self.idleBPE
    if let bpe, !hasTokenizer, !known.contains(bpe) {
      throw UserError("--bpe: unknown kind '\(bpe)'; known: \(known.joined(separator: ", "))")
    }
    if usesSentencePiece && sentencepieceModel == nil && trainpref == nil {
      throw UserError("--bpe sentencepiece needs --sentencepiece-model or --trainpref")
    }
    if !usesSentencePiece && sentencepieceModel != nil {
      throw UserError("--sentencepiece-model needs --bpe sentencepiece")
    }
    try checkRanges()
  }
}
