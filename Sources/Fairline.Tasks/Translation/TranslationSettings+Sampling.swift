import Fairline
import FairlineData

extension TranslationSettings {
  /// The flags of dividing training text anew.
  static var samplingOptions: [Option<Self>] {
    [
      Option(
        "sentencepiece-enable-sampling", \.sentencepieceEnableSampling,
        "divide training text anew in each epoch, by the SentencePiece model of the data"),
      Option(
        "sentencepiece-alpha", \.sentencepieceAlpha, in: .from(0, to: 1000),
        "weight of scores when sampling pieces of a unigram model; probability to leave a pair for "
          + "a model of byte pairs"),
      Option(
        "sentencepiece-nbest", \.sentencepieceNbest, in: .from(-1, to: 512),
        "number of best divisions that are sampled from; -1 for all"),
      Option(
        "bpe-dropout", \.bpeDropout, in: .from(0, to: 1),
        "probability that dividing training text anew leaves a pair; needs --bpe-dropout-codes"),
      Option(
        "bpe-dropout-codes", \.bpeDropoutCodes,
        "codes of subword-nmt or fastBPE that divided the text", value: "FILE"),
    ]
  }

  /// What divides training sentences anew; nil when nothing does.
  ///
  /// - Throws: `UserError` where the data do not allow it.
  func sampling(
    _ vocabularies: TranslationVocabularies, seed: Int, _ limits: LengthLimits
  ) throws -> SegmentationSampling? {
    guard sentencepieceEnableSampling || bpeDropout > 0 else { return nil }
    let flag = sentencepieceEnableSampling ? "--sentencepiece-enable-sampling" : "--bpe-dropout"
    guard !loadAlignments else {
      throw UserError("\(flag) moves the places that --load-alignments links: leave one out")
    }
    guard !sentencepieceEnableSampling else {
      guard bpeDropout == 0 else {
        throw UserError("\(flag) and --bpe-dropout both divide text anew: leave one out")
      }
      guard let source = vocabularies.sourcePieces, let target = vocabularies.targetPieces else {
        throw UserError(
          "\(flag): the data have no SentencePiece model: preprocess with --bpe sentencepiece, or "
            + "leave it out")
      }
      let sampling = PieceSampling(alpha: sentencepieceAlpha, best: sentencepieceNbest)
      return SegmentationSampling(
        source: try WordSampler(pieces: source, sampling, vocabularies.source),
        target: try WordSampler(pieces: target, sampling, vocabularies.target), seed: seed,
        limits: limits)
    }
    guard let codes = bpeDropoutCodes else {
      throw UserError(
        "--bpe-dropout needs --bpe-dropout-codes; for data with a SentencePiece model use "
          + "--sentencepiece-enable-sampling")
    }
    return SegmentationSampling(
      source: try WordSampler(codes: codes, dropout: bpeDropout, vocabularies.source),
      target: try WordSampler(codes: codes, dropout: bpeDropout, vocabularies.target), seed: seed,
      limits: limits)
  }
}
