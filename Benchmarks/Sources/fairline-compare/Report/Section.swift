/// A part of the report: rows that belong together, beside the same peers.
enum Section: CaseIterable {
  case training, translation, service, memory, solving

  var title: String {
    switch self {
    case .training: "Training"
    case .translation: "Translation"
    case .service: "Preprocessing and launching"
    case .memory: "Memory"
    case .solving: "Differential equations"
    }
  }

  /// What the names of rows mean.
  static let names = [
    "*small model*: 3+3 layers, 256 channels, 1024 hidden; *base model*: 6+6 layers, 512 channels, "
      + "2048 hidden; `--fp16` stands beside the peer's float32",
    "*language model*: 6 layers, 256 channels, 1024 hidden; a sentence a sample, or blocks of 128 "
      + "symbols",
    "training: batches of 4096 tokens; translation: a test set, batches of 64 sentences",
    "*one at a time*: batches of one sentence, beam 5, int8",
    "*base model, shortlist*: random weights, 32,000 symbols, beam 5, int8",
    "*preprocessing*: a SentencePiece model and a joint dictionary, from launch to end",
    "*first update*, *first translation*: from launch to its end; small model, int8",
    "differential equations: dopri5, tolerance 1e-3, 1024 rows of 256 channels; the exact gradient "
      + "with all steps kept, or computed again (the peer: the adjoint equation)",
  ]
}
