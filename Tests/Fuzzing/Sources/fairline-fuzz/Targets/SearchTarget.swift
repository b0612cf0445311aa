import Fairline
import FairlineData
import FairlineGeneration
import FairlineModels
import FairlineTasks

/// Translations by the library with any numbers in its settings.
struct SearchTarget: FuzzTarget {
  private let catalog: Catalog
  private let loaded: Loaded

  /// Loaded once, and only read.
  private struct Loaded: @unchecked Sendable { let models: LoadedModels }

  init() throws {
    catalog = try Catalog([StandardTraining.self, StandardTasks.self, StandardModels.self])
    try TinyTraining.prepare()
    precondition(
      TinyTraining.run(["--max-update", "1", "--save-dir", "seed"]) == 0, "training failed")
    loaded = Loaded(
      models: try LoadedModels(
        LoadedModels.open("seed/checkpoint_last.safetensors", catalog), catalog))
  }

  func seeds() -> [[UInt8]] {
    [[], [1, 0, 1, 1]]
      + (0..<20).map { place in
        var bytes = [UInt8](repeating: 0, count: 60)
        for index in place..<(place + 4) { bytes[index] = UInt8(3 * index + 1) }
        return bytes
      }
  }

  func read(_ bytes: [UInt8]) throws {
    var choices = Choices(bytes)
    var settings = TranslatorSettings()
    settings.search = Self.search(&choices)
    settings.workers = choices.flag() ? choices.integer() : 1
    // Many threads are allowed, and take long to start.
    if 4...1024 ~= settings.workers { settings.workers %= 4 }
    settings.omitsScores = choices.flag()
    settings.precision = choices.flag() ? .int8 : .float32
    let translator = try Translator(loaded.models, configuration: settings)
    let limits =
      choices.flag()
      ? BatchLimits(
        maxTokens: choices.flag() ? choices.integer() : nil,
        maxSentences: choices.flag() ? choices.integer() : nil, requiredMultiple: choices.integer())
      : nil
    let texts = [
      "a b c", "", "b x \u{1F600}", "a\tx", "\t\t", "a b a b a b a b a b a b a b a b a b",
    ]
    let lines = (0..<(choices.byte() % 4)).map { _ in choices.one(of: texts) }
    let found = try translator.translate(
      lines, first: choices.flag() ? choices.integer() : 0, limits: limits)
    precondition(found.count == lines.count, "\(found.count) translations of \(lines.count) lines")
  }

  private static func search(_ choices: inout Choices) -> GenerationSettings {
    var search = GenerationSettings()
    if choices.flag() { search.beam = choices.integer() }
    if choices.flag() { search.nbest = choices.integer() }
    if choices.flag() { search.maxLenA = choices.number() }
    search.maxLenB = choices.flag() ? choices.integer() : 5
    search.maxLenFromBatch = choices.flag()
    if choices.flag() { search.minLen = choices.integer() }
    if choices.flag() { search.lenpen = choices.number() }
    if choices.flag() { search.unkpen = choices.number() }
    search.unnormalized = choices.flag()
    if choices.flag() { search.temperature = choices.number() }
    if choices.flag() { search.noRepeatNgramSize = choices.integer() }
    if choices.flag() { search.prefixSize = choices.integer() }
    search.matchSourceLen = choices.flag()
    if choices.flag() { search.diverseBeamGroups = choices.integer() }
    if choices.flag() { search.diverseBeamStrength = choices.number() }
    if choices.flag() { search.diversityRate = choices.number() }
    search.sampling = choices.flag()
    if choices.flag() { search.samplingTopk = choices.integer() }
    if choices.flag() { search.samplingTopp = choices.number() }
    search.constraints = choices.one(of: [nil, nil, .ordered, .unordered])
    search.replaceUnk = choices.one(of: [nil, ""])
    search.printAlignment = choices.one(of: [nil, .hard, .soft])
    search.keepBlankLines = choices.flag()
    search.seed = choices.integer()
    return search
  }
}
