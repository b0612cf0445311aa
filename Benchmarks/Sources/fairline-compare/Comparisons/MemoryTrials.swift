/// Peak memory, of whole programs and against length.
enum MemoryTrials {
  static func all(_ shop: Workshop) throws -> [Trial] {
    [try training(shop), try decoding(shop)] + GrowthTrials.memory(shop)
  }

  private static func training(_ shop: Workshop) throws -> Trial {
    var mine = try TrainingTrials.fairline(shop, .small, [])
    mine.probe = nil
    return Trial(
      name: "training", title: "training, small model",
      rows: [.memory(atMost: 500)],
      contenders: [mine, try TrainingTrials.peer(shop, .small, "PyTorch, tuned", ["--quiet"])])
  }

  private static func decoding(_ shop: Workshop) throws -> Trial {
    Trial(
      name: "decoding", title: "beam 5, int8",
      rows: [.memory(atMost: 150)],
      contenders: [
        try DecodingTrials.fairline(shop, "int8", 5, batch: 64),
        try DecodingTrials.peer(shop, "int8", 5, batch: 64),
      ])
  }
}
