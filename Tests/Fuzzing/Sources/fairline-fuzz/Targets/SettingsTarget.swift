import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import FairlineTasks
import FairlineTesting

/// Components built by the library from any settings, for tasks of any sizes: architectures,
/// criteria, optimizers and schedules.
///
/// Two bytes choose the component, eight the task's sizes; the settings follow as JSON.
struct SettingsTarget: FuzzTarget {
  private let catalog: Catalog
  private static let header = 10

  init() throws {
    catalog = try Catalog([
      StandardTraining.self, StandardTasks.self, StandardModels.self, NodeTransformerPlugin.self,
    ])
  }

  func seeds() throws -> [[UInt8]] {
    let kinds = [
      catalog.architectures.names, catalog.criteria.names, catalog.optimizers.names,
      catalog.schedulers.names,
    ]
    var seeds: [[UInt8]] = []
    for (kind, names) in kinds.enumerated() {
      for (place, name) in names.enumerated() where seeds.count < 250 {
        let settings =
          switch kind {
          case 0: try catalog.architectures.select(name).draft.settings()
          case 1: try catalog.criteria.select(name).draft.settings()
          case 2: try catalog.optimizers.select(name).draft.settings()
          default: try catalog.schedulers.select(name).draft.settings()
          }
        seeds.append(
          [UInt8(kind), UInt8(place)] + [5, 5, 0, 5, 5, 1, 0, 0]
            + Array(settings.compactText.utf8))
      }
    }
    return seeds
  }

  var tokens: [String] { Hostile.numbers + ["null", "[]", "{}", "\"\""] }

  func variant(of bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8]? {
    guard let rest = JSONVariants.variant(of: bytes.dropFirst(Self.header), &numbers) else {
      return nil
    }
    return bytes.prefix(Self.header) + rest
  }

  func read(_ bytes: [UInt8]) throws {
    var choices = Choices(bytes.prefix(Self.header))
    let (kind, place) = (choices.byte() % 4, choices.byte())
    let sizes = (0..<5).map { _ in Self.sizes[choices.byte() % Self.sizes.count] }
    var task = TaskDescription(
      sourceSymbols: sizes[0], targetSymbols: sizes[1], sharesVocabulary: choices.flag(),
      maximumSourcePositions: sizes[2], maximumTargetPositions: sizes[3])
    if choices.flag() { task.inputSymbols = sizes[4] }
    let settings = try JSONValue(
      parsing: String(decoding: bytes.dropFirst(Self.header), as: UTF8.self))
    func name(_ names: [String]) -> String { names[place % names.count] }
    switch kind {
    case 0:
      let selection = try catalog.architectures.select(name(catalog.architectures.names))
      try selection.draft.merge(settings)
      var context = ModelContext(task: task, catalog: catalog)
      context.isCounted = true
      let counted = try selection.build(context).parameters
      context.isCounted = false
      // What is large is only counted.
      if counted.elementCount + counted.tableCount < 1_000_000 {
        _ = try selection.build(context)
      }
    case 1:
      let selection = try catalog.criteria.select(name(catalog.criteria.names))
      try selection.draft.merge(settings)
      _ = try selection.build(CriterionContext(task: task, averagesSentences: choices.flag()))
    case 2:
      let selection = try catalog.optimizers.select(name(catalog.optimizers.names))
      try selection.draft.merge(settings)
      let space = ParameterSpace(seed: 1)
      _ = space.parameter("a", [3, 5], .constant(1))
      let parameters = ParameterSet(space)
      parameters.prepareGradients()
      let optimizer = try selection.build(parameters)
      for step in [0, 1, 1_000_000] {
        optimizer.stepCount = step
        optimizer.update(rate: 0.1, gradientScale: 1)
      }
    default:
      let selection = try catalog.schedulers.select(name(catalog.schedulers.names))
      try selection.draft.merge(settings)
      var schedule = try selection.build(
        SchedulerContext(
          learningRates: choices.flag() ? [0.1] : [0.1, 0], maxUpdate: sizes[0]))
      for updates in [0, 1, 7, 1000, 1 << 40, .max - 1] {
        _ = schedule.update(updates)
        _ = schedule.beginEpoch(max(updates, 1))
        _ = schedule.endEpoch(max(updates, 1), validation: updates == 7 ? nil : .nan)
      }
      try schedule.recall(try schedule.memory())
    }
  }

  private static let sizes = [
    9, 0, 1, 4, -1, 16, 1024, 1_000_000_000, 1 << 31, 1 << 40, .max, .min, 1 << 62, 5,
  ]
}
