public import Fairline
public import FairlineTensor

/// Scores the symbols that prefixes may go on with: a model, several models, or what is to be
/// added to their scores.
///
/// Rows are as in `IncrementalDecoder`. What several scorers say adds up; see ``ScorerFactory``.
public protocol CandidateScorer: AnyObject {
  /// Appends one symbol to each prefix and scores the next.
  func step(_ rows: StepRows) -> StepScores

  /// Whether ``join(_:)`` may be called between steps.
  var takesMore: Bool { get }

  /// Takes further inputs, numbered on from those it has.
  func join(_ inputs: [GenerationInput])

  /// What an input may be answered with, after the first step that has it; nil for all symbols.
  func candidates(of sentence: Int) -> CandidateSymbols?

  /// For each row of the last step, the weights over its source; nil when there are none.
  /// `[row][source]`
  var attention: [[Float]]? { get }
}

extension CandidateScorer {
  /// All symbols.
  public func candidates(of sentence: Int) -> CandidateSymbols? { nil }

  /// None.
  public var attention: [[Float]]? { nil }
}

/// Makes the scorer of a search.
///
/// A ``SequenceGenerator`` adds the scores of further factories to those of its models: those of a
/// language model, or bonuses for words of a glossary.
public protocol ScorerFactory: Sendable {
  /// Makes the scorer of some inputs.
  func makeScorer(for inputs: [GenerationInput]) -> any CandidateScorer
}

/// The prefixes of one step.
public struct StepRows {
  /// The symbol to append to each row. `[row]`
  public var symbols: [Int32]
  /// Which row of the step before each row goes on from; -1 for a row that begins. `[row]`
  public var parents: [Int32]
  /// Which input each row belongs to. `[row]`
  public var sentences: [Int32]
}

/// What a scorer says of the symbols that rows may go on with.
public struct StepScores {
  /// Logits, or scores. `[row, symbol]`
  public let logits: StepLogits
  /// What logits are multiplied by before they become logarithms of probabilities.
  public let scale: Float
  /// Whether the logits are scores that stay as they are.
  let areScores: Bool

  /// Scores are the logarithms of the probabilities that logits stand for.
  public init(logits: StepLogits, scale: Float = 1) {
    self.logits = logits
    self.scale = scale
    areScores = false
  }

  /// Scores as they are, in nats.
  ///
  /// - Parameter scores: `[row, symbol]`
  public init(scores: Tensor) {
    logits = StepLogits(scores)
    scale = 1
    areScores = true
  }

  /// The logits, or scores, of all columns; to be asked for once. `[row, symbol]`
  func elements() -> Tensor {
    var all = [Float](repeating: 0, count: logits.rows * logits.columns)
    all.withUnsafeMutableBufferPointer { all in
      // Every part writes rows of its own.
      nonisolated(unsafe) let target = all
      logits.visit { part in
        part.logits.withScalars { scalars in
          let first = part.range.lowerBound * logits.columns
          _ = UnsafeMutableBufferPointer(rebasing: target[first..<(first + scalars.count)])
            .update(from: scalars)
        }
      }
    }
    return Tensor(all, shape: [logits.rows, logits.columns])
  }

  /// The scores of all symbols; to be asked for once. `[row, symbol]`
  func scores() -> Tensor {
    let tensor = elements()
    if areScores { return tensor }
    return (scale == 1 ? tensor : tensor * scale).logSoftmax()
  }
}
