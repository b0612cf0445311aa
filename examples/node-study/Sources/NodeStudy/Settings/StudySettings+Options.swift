import Fairline

extension StudySettings {
  /// The flags.
  package static var options: [Option<Self>] { study + sizes + training + measuring }

  private static var study: [Option<Self>] {
    [
      Option(positional: "data-bin", \.data, "folder that fairline-preprocess wrote"),
      Option(
        "out", \.out, "folder of results (node-study, with --quick node-study-quick)",
        value: "FOLDER"),
      Option("quick", \.quick, "five minutes instead of an hour: small models, few updates"),
      Option("rows", \.rows, "only these rows, separated by commas", value: "NAMES"),
      Option("list", \.list, "print the rows and exit"),
      Option("report-only", \.reportOnly, "write the report of what was trained before"),
    ]
  }

  private static var sizes: [Option<Self>] {
    [
      Option("width", \.width, in: .from(1, to: 65536), "channels of all models"),
      Option(
        "ffn", \.ffn, in: .from(1, to: 1_000_000),
        "hidden channels of feed-forward networks (four times the width)"),
      Option("heads", \.heads, in: .from(1, to: 1024), "attention heads"),
      Option(
        "layers", \.layers, in: .from(1, to: 1000), "layers of the deep models, and pieces of depth"
      ),
    ]
  }

  private static var training: [Option<Self>] {
    [
      Option(
        "epochs", \.epochs, in: .above(0, to: 1_000_000),
        "epochs of every row; a part of one is allowed"),
      Option("max-updates", \.maxUpdates, in: .from(0), "most updates of a row; 0 for no limit"),
      Option(
        "adaptive-updates", \.adaptiveUpdates, in: .from(1),
        "updates of rows with adaptive steps, which are compared with the others at that point (a "
          + "fifth)"
      ),
      Option(
        "max-tokens", \.maxTokens, in: .from(1),
        "maximum number of tokens in a batch: sentences times the longest side"),
      Option("lr", \.lr, in: .above(0), "highest learning rate"),
      Option(
        "warmup-updates", \.warmupUpdates, in: .from(0), "number of updates of linear warm-up"),
      Option(
        "seeds", \.seeds, in: .from(1, to: 1_000_000),
        "how often everything is trained, each time from another seed"),
      Option("first-seed", \.firstSeed, in: .from(0), "the first of the seeds"),
      Option(
        "threads", \.threads, in: .from(0, to: 1024), "number of threads; 0 for one per core"
      ),
    ]
  }

  private static var measuring: [Option<Self>] {
    [
      Option(
        "valid-sentences", \.validSentences, in: .from(0),
        "about so many sentences of the validation set are used; 0 for all"),
      Option("gen-subset", \.genSubset, "subset to translate (test if there is one, else valid)"),
      Option("sentences", \.sentences, in: .from(0), "most sentences to translate; 0 for all"),
      Option(
        "beam", \.beam, in: .from(1, to: 1000), "beam size: hypotheses kept for each sentence"),
      Option(
        "post-process", \.postProcess,
        "join subword units: sentencepiece, subword_nmt, none (found by itself)"),
    ]
  }
}
