import Fairline
import FairlineData
import Foundation

extension TaskContext {
  /// The order of an epoch's batches, as far as settings say it.
  var order: EpochOrder {
    var order = EpochOrder()
    (order.seed, order.curriculum) = (seed, dataset.curriculum)
    (order.shard, order.shardCount) = (dataset.shardId, dataset.numShards)
    return order
  }

  /// What a task without a data folder says.
  static var lacksData: OptionError {
    .invalid("the data folder is missing: name the folder that fairline-preprocess wrote")
  }
}

extension DatasetSettings {
  /// The names of the validation sets.
  var validationSets: [String] {
    validSubset.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  /// The limits of training batches.
  ///
  /// - Throws: `UserError` when there are none.
  func trainingLimits() throws -> BatchLimits {
    guard maxTokens != nil || batchSize != nil else {
      throw UserError("training needs --max-tokens or --batch-size: give one of them")
    }
    return BatchLimits(
      maxTokens: maxTokens, maxSentences: batchSize, requiredMultiple: requiredBatchSizeMultiple)
  }

  /// The limits of validation batches.
  var validationLimits: BatchLimits {
    BatchLimits(
      maxTokens: maxTokensValid ?? maxTokens, maxSentences: batchSizeValid ?? batchSize,
      requiredMultiple: requiredBatchSizeMultiple)
  }

  /// What happens with sentences of validation sets that are too long.
  var validationPolicy: LengthLimits.Policy {
    skipInvalidSizeInputsValidTest ? .drop : .refuse
  }

  /// Refuses a second validation set that nobody reads, as fairseq does.
  ///
  /// - Parameter isThere: whether the data have a set of this name.
  func checkUnusedSets(_ isThere: (String) throws -> Bool) throws {
    let unused = "valid1"
    if combineVal || ignoreUnusedValidSubsets || validationSets.contains(unused) { return }
    guard try isThere(unused) else { return }
    throw UserError(
      "there is a validation set '\(unused)' that is not used: name it in --valid-subset, or give "
        + "--combine-val or --ignore-unused-valid-subsets")
  }
}
