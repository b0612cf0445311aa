public import Fairline

extension PreprocessSettings: Configuration {
  /// The flags.
  public static var options: [Option<Self>] { text + dictionaries + pieces }

  private static var text: [Option<Self>] {
    [
      Option("source-lang", aliases: ["s"], \.sourceLang, "source language"),
      Option("target-lang", aliases: ["t"], \.targetLang, "target language"),
      Option("trainpref", \.trainpref, "path of the training text before the language"),
      Option("validpref", \.validpref, "paths of validation text, separated by commas"),
      Option("testpref", \.testpref, "paths of test text, separated by commas"),
      Option("align-suffix", \.alignSuffix, "suffix of files of word alignments"),
      Option("destdir", \.destdir, "folder to write to"),
      Option("only-source", \.onlySource, "one language only"),
      Option("workers", \.workers, in: .from(0, to: 1024), "threads; 0 for one on each core"),
      Option("dict-only", \.dictOnly, "make dictionaries only"),
      Option("dataset-impl", \.datasetImpl, "form of the data files: mmap or raw"),
      Option("alignfile", \.alignfile, "word alignments of the training text"),
    ]
  }

  private static var dictionaries: [Option<Self>] {
    [
      Option("thresholdsrc", \.thresholdsrc, in: .from(0), "leave out source words that are rarer"),
      Option("thresholdtgt", \.thresholdtgt, in: .from(0), "leave out target words that are rarer"),
      Option("nwordssrc", \.nwordssrc, in: .from(-1), "most source symbols, special ones included"),
      Option("nwordstgt", \.nwordstgt, in: .from(-1), "most target symbols, special ones included"),
      Option("srcdict", \.srcdict, "use this source dictionary"),
      Option("tgtdict", \.tgtdict, "use this target dictionary"),
      Option("joined-dictionary", \.joinedDictionary, "one dictionary for both sides"),
      Option(
        "padding-factor", \.paddingFactor, in: .from(1, to: 100_000),
        "make the number of symbols a multiple of this"),
    ]
  }

  private static var pieces: [Option<Self>] {
    [
      Option("bpe", \.bpe, "divide raw text by a tokenizer: sentencepiece, ..."),
      Option("sentencepiece-model", \.sentencepieceModel, "use this model of pieces"),
      Option(
        "sentencepiece-vocab-size", \.sentencepieceVocabSize, in: .from(1, to: 1_000_000),
        "pieces of a model that is trained here"),
      Option("sentencepiece-type", \.sentencepieceType, "kind of that model"),
      Option(
        "sentencepiece-character-coverage", \.sentencepieceCharacterCoverage, in: .above(0, to: 1),
        "share of characters that have a piece of their own"),
      Option(
        "sentencepiece-max-sentence-length", \.sentencepieceMaxSentenceLength,
        in: .from(16, to: 1_000_000), "learn from lines of at most this many bytes"),
    ]
  }
}

extension SentencePieceTraining.Kind: OptionValue {}
extension DatasetKind: OptionValue {}
