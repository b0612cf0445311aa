import Fairline
import FairlineData
import FairlineGeneration
import FairlineModels
import FairlineNodeTransformer
import FairlineTasks
import Foundation

/// The data of a study, opened for one seed.
struct StudyData {
  let catalog: Catalog
  /// How the task was chosen, which a checkpoint remembers.
  let selection: Selection<TaskContext, any Task>
  let task: StudyTask

  /// Opens preprocessed data.
  ///
  /// - Throws: ``UserError`` naming what is missing.
  init(_ settings: StudySettings, seed: Int) throws {
    catalog = try Catalog([
      StandardTraining.self, StandardTasks.self, StandardModels.self, NodeTransformerPlugin.self,
    ])
    selection = try catalog.tasks.select("translation")
    var dataset = DatasetSettings()
    dataset.maxTokens = settings.maxTokens
    dataset.maxTokensValid = 4 * settings.maxTokens
    dataset.skipInvalidSizeInputsValidTest = true
    dataset.ignoreUnusedValidSubsets = true
    let built = try selection.build(
      TaskContext(data: settings.data, dataset: dataset, seed: seed))
    guard let base = built as? any GenerationTask else {
      throw UserError("the task 'translation' of this program does not generate")
    }
    task = StudyTask(base, validSentences: settings.validSentences)
  }

  /// The number of training pairs, and the entropy of their target symbols in bits.
  func targetStatistics() throws -> (pairs: Int, bits: Double) {
    let pairs = try task.base.generationInputs("train")
    var counts = [Int](repeating: 0, count: task.description.targetSymbols)
    for index in 0..<pairs.count {
      guard let target = pairs[index].reference else {
        throw UserError("the training set has no target side: preprocess both languages")
      }
      for symbol in target { counts[Int(symbol)] += 1 }
    }
    let total = Double(counts.reduce(0, +))
    let bits = counts.reduce(0.0) { sum, count in
      count > 0 ? sum - Double(count) / total * log2(Double(count) / total) : sum
    }
    return (pairs.count, bits)
  }

  /// The subset to translate: the one asked for, or `test` where there is one.
  func subset(_ settings: StudySettings) throws -> String {
    if let name = settings.genSubset {
      _ = try task.base.generationInputs(name)
      return name
    }
    return (try? task.base.generationInputs("test")) == nil ? "valid" : "test"
  }
}
