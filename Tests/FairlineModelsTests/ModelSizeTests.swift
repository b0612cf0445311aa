import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// What a model needs is known before it is built.
@Suite struct ModelSizeTests {
  private let task = TaskDescription(sourceSymbols: 9, targetSymbols: 9, sharesVocabulary: true)

  private func context(counted: Bool) -> ModelContext {
    var context = ModelContext(task: task)
    context.isCounted = counted
    return context
  }

  @Test func aCountedModelHasTheSizesOfTheRealOne() throws {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    for learned in [false, true] {
      let selection = try catalog.architectures.select("transformer_tiny")
      try selection.draft.merge(["encoderLearnedPos": .bool(learned)])
      let counted = try selection.build(context(counted: true)).parameters
      let real = try selection.build(context(counted: false)).parameters
      #expect(counted.isCounted && !real.isCounted)
      #expect(counted.elementCount == real.values.count)
      #expect(counted.tableCount == real.tableCount)
      #expect(counted.entries.map(\.name) == real.entries.map(\.name))
      #expect(counted.entries.map(\.shape) == real.entries.map(\.shape))
      // Two tables of 1026 places and 64 channels.
      #expect(real.tableCount == (learned ? 1 : 2) * 1026 * 64)
    }
  }

  @Test(arguments: try Catalog([StandardModels.self]).architectures.names)
  func everyArchitectureTellsItsSize(_ name: String) throws {
    let catalog = try Catalog([StandardModels.self])
    let pairs = TaskDescription(
      sourceSymbols: 9, targetSymbols: 9, sharesVocabulary: true, maximumSourcePositions: 32,
      maximumTargetPositions: 32)
    let text = TaskDescription(symbols: 9, maximumPositions: 32)
    // Bands of symbols need as many as there are in them.
    let large = TaskDescription(symbols: 200_009, maximumPositions: 32)
    func parameters(_ task: TaskDescription, counted: Bool) throws -> ParameterSet {
      var context = ModelContext(task: task, isFilledFromFile: true)
      context.isCounted = counted
      return try catalog.architectures.select(name).build(context).parameters
    }
    let task = try #require(
      [pairs, text, large].first { (try? parameters($0, counted: true)) != nil })
    let counted = try parameters(task, counted: true)
    #expect(counted.isCounted && counted.elementCount > 0)
    guard counted.elementCount <= ParameterSet.mostElements else {
      let sentence = message { _ = try parameters(task, counted: false) }
      #expect(sentence.contains("choose a smaller"), "\(sentence)")
      return
    }
    let real = try parameters(task, counted: false)
    #expect(!real.isCounted)
    #expect(counted.elementCount == real.values.count && real.values.count > 0)
    #expect(counted.tableCount == real.tableCount)
    #expect(counted.entries.map(\.shape) == real.entries.map(\.shape))
  }

  @Test(arguments: try Catalog([StandardModels.self]).architectures.names)
  func definingSettingsAreSettings(_ name: String) throws {
    let draft = try Catalog([StandardModels.self]).architectures.select(name).draft
    guard case .object(let settings) = try draft.settings() else {
      Issue.record("settings are no object")
      return
    }
    let isTransformer = name.hasPrefix("transformer")
    #expect(!isTransformer || draft.definingSettings.count >= 5)
    for setting in draft.definingSettings { #expect(settings[setting] != nil, "\(setting)") }
  }

  /// The library's own call is refused as a program's is.
  @Test func aModelThatIsTooLargeIsAnErrorOfTheLibrary() throws {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let selection = try catalog.architectures.select("transformer")
    // A little more than 2^31 numbers, in memory that many machines have.
    try selection.draft.merge(["encoderEmbedDim": 4096, "encoderLayers": 60])
    let sentence = message { _ = try selection.build(context(counted: false)) }
    #expect(sentence.contains("the architecture transformer"), "\(sentence)")
    #expect(sentence.contains("choose a smaller"), "\(sentence)")
  }

  /// Sums of sizes beyond 64 bits are too large, and no trap.
  @Test func sizesBeyondAllNumbersAreRefused() throws {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let selection = try catalog.architectures.select("fconv")
    try selection.draft.merge(["encoderLayers": "[(1000000, 10000)] * 1000"])
    let sentence = message { _ = try selection.build(context(counted: false)) }
    #expect(sentence.contains("choose a smaller"), "\(sentence)")
  }

  @Test func aTaskOfImpossibleSizesIsAnError() throws {
    let catalog = try Catalog([StandardModels.self])
    for wrong in [-1, Int.min, 1 << 31, Int.max] {
      let places: [(WritableKeyPath<TaskDescription, Int>, String)] = [
        (\.sourceSymbols, "sourceSymbols"), (\.targetSymbols, "targetSymbols"),
        (\.maximumSourcePositions, "maximumSourcePositions"),
        (\.maximumTargetPositions, "maximumTargetPositions"),
      ]
      for (place, name) in places {
        var context = context(counted: false)
        context.task[keyPath: place] = wrong
        let sentence = message {
          _ = try catalog.architectures.select("transformer_tiny").build(context)
        }
        #expect(sentence.contains("'\(name)' is \(wrong)"), "\(sentence)")
      }
      var context = ModelContext(task: TaskDescription(symbols: 9))
      context.task.inputSymbols = wrong
      let sentence = message {
        _ = try catalog.architectures.select("transformer_lm_gpt2_tiny").build(context)
      }
      #expect(sentence.contains("'inputSymbols' is \(wrong)"))
    }
  }

  @Test func theSizeMayBeBeyondAllMemory() throws {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let selection = try catalog.architectures.select("transformer")
    try selection.draft.merge([
      "encoderEmbedDim": 65536, "encoderFfnEmbedDim": 1_000_000, "encoderLayers": 1000,
    ])
    let counted = try selection.build(context(counted: true)).parameters
    #expect(counted.elementCount > 1_000 * 131_072_000_000)
  }

  @Test func aTrainingThatFindsNoRoomIsRefused() throws {
    try withTemporaryFolder { folder in
      let catalog = try Catalog([StandardTraining.self, StandardModels.self, ReverseTask.self])
      let components = try TrainingComponents(
        catalog, task: "reverse", architecture: "transformer")
      try components.architecture.draft.merge([
        "encoderEmbedDim": 65536, "encoderFfnEmbedDim": 1_000_000, "encoderLayers": 1000,
      ])
      var training = Training(components)
      training.settings.checkpoints.saveDir = folder.path
      let sentence = message { try training.check() }
      #expect(sentence.contains("--arch transformer needs"), "\(sentence)")
      #expect(sentence.contains("gradients and the state of --optimizer adam"), "\(sentence)")
    }
  }

  @Test func settingsThatAreNotTheFilesAreRefusedBeforeTheyTakeMemory() throws {
    try withTemporaryFolder { folder in
      let catalog = try Catalog([StandardTraining.self, StandardModels.self])
      let selection = try catalog.architectures.select("transformer_tiny")
      let model = try selection.build(ModelContext(task: task))
      let header = CheckpointHeader(
        architecture: try ComponentRecord(selection), task: ComponentRecord(name: "translation"),
        description: task)
      let path = folder.appendingPathComponent("a.safetensors").path
      try CheckpointContents(header: header, parameters: model.parameters).write(to: path)
      let file = try ModelFile.load(path)
      let larger: [JSONValue] = [
        ["decoderLayers": 1000], ["encoderLayers": 1000, "encoderEmbedDim": 65536],
        ["encoderFfnEmbedDim": 1_000_000],
      ]
      for overrides in larger {
        let before = residentBytes()
        #expect(
          message { _ = try file.makeModel(catalog, overrides: overrides) }
            .contains("was trained with"))
        // Other tests take memory beside this one, but not as much as the last two would.
        #expect(residentBytes() - before < 900_000_000)
      }
      #expect(
        message { _ = try file.makeModel(catalog, overrides: ["decoderLayers": -1]) }
          .contains("--decoder-layers: '-1'"))
    }
  }

  /// Bytes of memory in use, as the kernel says.
  private func residentBytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
  }
}

/// A task of nine symbols without data.
private final class ReverseTask: Plugin, Task {
  struct None: BatchSource {
    let count = 0
    func batch(_ index: Int) throws -> Batch { throw UserError("there is no batch") }
  }

  let description = TaskDescription(sourceSymbols: 9, targetSymbols: 9, sharesVocabulary: true)
  let validationSets = ["valid"]
  func trainingEpoch(_ epoch: Int) throws -> any BatchSource { None() }
  func validation(_ name: String) throws -> any BatchSource { None() }

  static func register(in catalog: inout Catalog) throws {
    try catalog.tasks.add("reverse", "a task", build: { (_: NoSettings, _) in ReverseTask() })
  }
}
