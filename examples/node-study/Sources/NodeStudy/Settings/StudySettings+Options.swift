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
      Option("list", \.list, "print the rows and end"),
      Option("report-only", \.reportOnly, "write the report of what was trained before"),
    ]
  }

  private static var sizes: [Option<Self>] {
    [
      Option("width", \.width, "channels of all models"),
      Option("ffn", \.ffn, "hidden channels of feed-forward networks (four times the width)"),
      Option("heads", \.heads, "attention heads"),
      Option("layers", \.layers, "layers of the deep models, and pieces of depth"),
    ]
  }

  private static var training: [Option<Self>] {
    [
      Option("epochs", \.epochs, "epochs of every row; a part of one is allowed"),
      Option("max-updates", \.maxUpdates, "most updates of a row; 0 for no limit"),
      Option(
        "adaptive-updates", \.adaptiveUpdates,
        "updates of rows with adaptive steps, which are compared with the others at that point (a fifth)"
      ),
      Option("max-tokens", \.maxTokens, "most sentences times longest side of a batch"),
      Option("lr", \.lr, "highest learning rate"),
      Option("warmup-updates", \.warmupUpdates, "updates of linear warm-up"),
      Option("seeds", \.seeds, "how often everything is trained, each time from another seed"),
      Option("first-seed", \.firstSeed, "the first of the seeds"),
      Option("threads", \.threads, "threads that compute; 0 for one on each core"),
    ]
  }

  private static var measuring: [Option<Self>] {
    [
      Option(
        "valid-sentences", \.validSentences,
        "about so many sentences of the validation set are used; 0 for all"),
      Option("gen-subset", \.genSubset, "subset to translate (test if there is one, else valid)"),
      Option("sentences", \.sentences, "most sentences to translate; 0 for all"),
      Option("beam", \.beam, "prefixes kept alive for each sentence"),
      Option(
        "post-process", \.postProcess,
        "join subword units: sentencepiece, subword_nmt, none (found by itself)"),
    ]
  }
}
