/// Trials under a name.
struct Comparison: Sendable {
  let name: String
  let summary: String
  /// Where the report shows it; nil for a growth, which has a part of its own.
  var section: Section?
  /// Flags whose files it needs.
  let needs: [String]
  /// About how many minutes five rounds take on two cores.
  let minutes: Double
  /// Whether it belongs to what is asked of every level.
  var isCore = false
  let trials: @Sendable (Workshop) throws -> [Trial]

  /// All there are, in the order of the report.
  static let all: [Comparison] = [
    Comparison(
      name: "train-small", summary: "training 3+3 layers of 256 channels on data",
      section: .training, needs: ["--data"], minutes: 2, isCore: true,
      trials: TrainingTrials.small),
    Comparison(
      name: "train-base", summary: "training 6+6 layers of 512 channels on data",
      section: .training, needs: ["--data"], minutes: 4, isCore: true, trials: TrainingTrials.base),
    Comparison(
      name: "train-small-fp16", summary: "the small training with half-precision products",
      section: .training, needs: ["--data"], minutes: 2, trials: TrainingTrials.smallHalf),
    Comparison(
      name: "train-base-fp16", summary: "the base training with half-precision products",
      section: .training, needs: ["--data"], minutes: 4, trials: TrainingTrials.baseHalf),
    Comparison(
      name: "train-plain", summary: "the small training beside PyTorch without tuning",
      section: .training, needs: ["--data"], minutes: 3, trials: TrainingTrials.plain),
    Comparison(
      name: "train-lm", summary: "training a language model of 6 layers of 256 channels",
      section: .training, needs: ["--text", "--model"], minutes: 4, isCore: true,
      trials: LanguageTrials.training),
    Comparison(
      name: "decode", summary: "translating a test set, beams 5 and 1, float32 and int8",
      section: .translation, needs: ["--data", "--model"], minutes: 3.2, isCore: true,
      trials: DecodingTrials.throughput),
    Comparison(
      name: "latency", summary: "translating sentence by sentence, beam 5, int8",
      section: .translation, needs: ["--data", "--model"], minutes: 0.7, isCore: true,
      trials: DecodingTrials.latency),
    Comparison(
      name: "base-decode",
      summary: "translating with a base model of random weights, int8, shortlist",
      section: .translation, needs: [], minutes: 1, isCore: true,
      trials: BaseModelTrials.throughput),
    Comparison(
      name: "preprocess", summary: "plain text to binary data with a joint dictionary",
      section: .service, needs: ["--text", "--model"], minutes: 1,
      trials: ServiceTrials.preprocessing),
    Comparison(
      name: "launch", summary: "launch to a first update, and to a first translation",
      section: .service, needs: ["--data", "--model"], minutes: 1, trials: ServiceTrials.launch),
    Comparison(
      name: "memory", summary: "peak memory of training and decoding, and how it grows with length",
      section: .memory, needs: ["--data", "--model"], minutes: 6, trials: MemoryTrials.all),
    Comparison(
      name: "ode", summary: "solving an ODE, forward and with gradients",
      section: .solving, needs: [], minutes: 0.8, isCore: true, trials: ServiceTrials.solving),
    Comparison(
      name: "growth-length", summary: "training tokens/s at lengths 16 to 2048",
      needs: [], minutes: 12, trials: GrowthTrials.length),
    Comparison(
      name: "growth-width", summary: "training tokens/s at 128 to 1024 channels",
      needs: [], minutes: 9, trials: GrowthTrials.width),
    Comparison(
      name: "growth-batch", summary: "training tokens/s at batches of 512 to 8192 tokens",
      needs: [], minutes: 7, trials: GrowthTrials.batch),
    Comparison(
      name: "growth-decode", summary: "translated sentences/s at batches of 1 to 256 sentences",
      needs: ["--data", "--model"], minutes: 9, trials: GrowthTrials.decoding),
    Comparison(
      name: "threads", summary: "training tokens/s with one thread and with all",
      needs: [], minutes: 4, trials: GrowthTrials.threads),
  ]
}
