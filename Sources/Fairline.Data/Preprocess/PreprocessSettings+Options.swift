public import Fairline

extension PreprocessSettings: Configuration {
  /// The flags.
  public static var options: [Option<Self>] { text + dictionaries + pieces }

  private static var text: [Option<Self>] {
    [
      Option("source-lang", aliases: ["s"], \.sourceLang, "source language"),
      Option("target-lang", aliases: ["t"], \.targetLang, "target language"),
      Option(
        "trainpref", \.trainpref,
        "prefixes of the training files, separated by commas: PREFIX.LANGUAGE"),
      Option("validpref", \.validpref, "prefixes of the validation files, separated by commas"),
      Option("testpref", \.testpref, "prefixes of the test files, separated by commas"),
      Option(
        "tsv", \.tsv,
        "texts are files with source, tab and target on each line, whose names are given; - is "
          + "standard input"),
      Option("align-suffix", \.alignSuffix, "suffix of the word alignment files"),
      Option("destdir", \.destdir, "folder to write to"),
      Option("only-source", \.onlySource, "read the source language only"),
      Option("workers", \.workers, in: .from(0, to: 1024), "number of threads; 0 for one per core"),
      Option("dict-only", \.dictOnly, "build the dictionaries only"),
      Option("dataset-impl", \.datasetImpl, "format of the data files: mmap or raw"),
      Option("alignfile", \.alignfile, "word alignments of the training text"),
    ]
  }

  private static var dictionaries: [Option<Self>] {
    [
      Option(
        "thresholdsrc", \.thresholdsrc, in: .from(0),
        "leave source words that occur less often than this out of the dictionary"),
      Option(
        "thresholdtgt", \.thresholdtgt, in: .from(0),
        "leave target words that occur less often than this out of the dictionary"),
      Option(
        "nwordssrc", \.nwordssrc, in: .from(-1),
        "maximum size of the source dictionary, special symbols included"),
      Option(
        "nwordstgt", \.nwordstgt, in: .from(-1),
        "maximum size of the target dictionary, special symbols included"),
      Option("srcdict", \.srcdict, "source dictionary to use instead of building one"),
      Option("tgtdict", \.tgtdict, "target dictionary to use instead of building one"),
      Option(
        "model", \.model, "model to take the dictionaries and the tokenizers from",
        value: "FILE"),
      Option("joined-dictionary", \.joinedDictionary, "build one dictionary for both languages"),
      Option(
        "padding-factor", \.paddingFactor, in: .from(1, to: 100_000),
        "pad the size of dictionaries to a multiple of this"),
    ]
  }

  private static var pieces: [Option<Self>] {
    [
      Option("bpe", \.bpe, "tokenizer of raw text: sentencepiece, ..."),
      Option(
        "tokenizer", \.tokenizer, "tokenizer of words that text passes first: moses, space",
        value: "NAME"),
      Option(
        "sentencepiece-model", \.sentencepieceModel,
        "SentencePiece model to use instead of training one"),
      Option(
        "sentencepiece-vocab-size", \.sentencepieceVocabSize, in: .from(1, to: 1_000_000),
        "number of pieces of the model that is trained here"),
      Option("sentencepiece-type", \.sentencepieceType, "type of the model that is trained here"),
      Option(
        "sentencepiece-character-coverage", \.sentencepieceCharacterCoverage, in: .above(0, to: 1),
        "share of characters that have a piece of their own"),
      Option(
        "sentencepiece-max-sentence-length", \.sentencepieceMaxSentenceLength,
        in: .from(16, to: 1_000_000), "longest line that the model is trained on, in bytes"),
    ]
  }
}

extension SentencePieceTraining.Kind: OptionValue {}
extension DatasetKind: OptionValue {}
