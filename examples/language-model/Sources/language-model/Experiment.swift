import ExampleSupport
import Fairline
import FairlineData
import FairlineGeneration
import FairlineModels
import FairlineNodeTransformer
import FairlineTasks
import Foundation

/// Trains language models on sentences that are made here, and lets them continue prompts.
struct Experiment {
  /// A model, and how its perplexity fell.
  struct Outcome {
    let name: String
    let curve: [(x: Double, y: Double)]
    /// The file of the trained model.
    let path: String
  }

  /// Where data and models lie.
  let folder: URL
  let updates: Int
  let seed: Int

  private var catalog: Catalog {
    get throws {
      try Catalog([
        StandardTraining.self, StandardTasks.self, StandardModels.self,
        NodeTransformerPlugin.self,
      ])
    }
  }

  private var data: String { folder.appendingPathComponent("data").path }

  /// Writes the text and divides it into symbols: words.
  func prepare(sentences: Int) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var facts = Facts(seed: UInt64(seed))
    var settings = PreprocessSettings()
    settings.onlySource = true
    settings.destdir = data
    // No sentence of the held-out text is in the other one.
    for (name, count) in [("valid", 500), ("train", sentences)] {
      let file = folder.appendingPathComponent(name + ".txt")
      let lines = facts.sentences(count)
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
      if name == "train" { settings.trainpref = file.path } else { settings.validpref = file.path }
      if name == "train" { report("\(count) sentences, such as: \(lines[0])") }
    }
    try? FileManager.default.removeItem(atPath: data)
    _ = try Preprocessor(settings).run()
  }

  /// Trains a model of some architecture.
  func train(_ name: String) throws -> Outcome {
    var settings = TrainingSettings()
    settings.data = data
    settings.seed = seed
    settings.dataset.maxTokens = 2048
    settings.optimization.lr = [0.003]
    settings.optimization.clipNorm = 1
    settings.optimization.maxUpdate = updates
    settings.validation.validateIntervalUpdates = max(1, updates / 20)
    settings.validation.validateInterval = 1_000_000
    settings.checkpoints.noSave = true
    let components = try TrainingComponents(
      try catalog, task: "language_modeling", architecture: name,
      scheduler: "polynomial_decay")
    try components.task.draft.merge(["sampleBreakMode": "eos", "tokensPerSample": 64])
    try components.architecture.draft.merge(Self.sizes(name))
    try components.optimizer.draft.merge(["adamBetas": [0.9, 0.98]])
    try components.scheduler.draft.merge([
      "warmupUpdates": .integer(min(100, updates / 4)), "totalNumUpdate": .integer(updates),
    ])
    let curve = Curve()
    var training = Training(components, settings)
    training.observers = [curve]
    report("\n\(name)\nupdate  perplexity")
    let began = Date()
    let result = try training.run()
    let path = folder.appendingPathComponent(name + ".safetensors").path
    try result.saveModel(to: path)
    report(
      String(
        format: "%d parameters, %.0f s", result.model.parameters.count,
        Date().timeIntervalSince(began)))
    return Outcome(name: name, curve: curve.points, path: path)
  }

  /// Small sizes of each family.
  private static func sizes(_ name: String) -> JSONValue {
    switch name {
    case "lstm_lm": ["decoderEmbedDim": 96, "decoderHiddenSize": 160, "decoderOutEmbedDim": 96]
    case "fconv_lm": ["decoderEmbedDim": 96, "decoderLayers": "[(96, 4)] * 4"]
    default:
      [
        "decoderEmbedDim": 96, "decoderFfnEmbedDim": 384, "decoderAttentionHeads": 4,
        "decoderLayers": name.hasPrefix("node") ? 1 : 3, "decoderNormalizeBefore": true,
        "dropout": 0.0, "shareDecoderInputOutputEmbed": true,
      ]
    }
  }

  /// Continues prompts, each several times, and counts what is true.
  func sample(_ outcome: Outcome, prompts: [String], times: Int) throws {
    var settings = TranslatorSettings()
    settings.search.sampling = true
    settings.search.samplingTopp = 0.95
    (settings.search.beam, settings.search.nbest) = (times, times)
    settings.search.maxLenB = 40
    let translator = try Translator(outcome.path, try catalog, configuration: settings)
    let texts = try translator.translate(prompts).flatMap { $0.outputs.map(\.text) }
    report("\n\(outcome.name) says:")
    for text in texts {
      let mark = Facts.isTrue(text).map { $0 ? "true" : "false" } ?? "no sentence"
      report("  \(text)  (\(mark))")
    }
    let truths = texts.count { Facts.isTrue($0) == true }
    report("\(truths) of \(texts.count) are true")
  }
}
