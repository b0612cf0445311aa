public import FairlineTensor

/// A vector for each prefix, for cells that keep a state: recurrent ones, and convolutions, which
/// keep their last inputs.
///
/// Hypotheses change places, multiply and leave from step to step: ``advance(_:)`` copies for each
/// row the vector of its parent.
public final class StateRows {
  /// The rows of this step, to be read and then overwritten with the new ones. `[row, channel]`
  public private(set) var current: RowBuffer
  private var before: RowBuffer
  private let zeros: RowBuffer
  /// What sentences that have joined but not begun start from.
  private var starts: [Int32: Tensor] = [:]

  /// Makes no rows.
  public init(columns: Int) {
    current = RowBuffer(columns: columns)
    before = RowBuffer(columns: columns)
    zeros = RowBuffer(columns: columns)
    zeros.copy(Tensor.zeros([1, columns]))
  }

  /// Gives the prefixes of further sentences something else than zeros to begin with.
  ///
  /// - Parameters:
  ///   - sources: the sentences that join.
  ///   - vectors: one for each of them. `[sentence, channel]`
  public func join(_ sources: EncodedSources, startingFrom vectors: Tensor) {
    precondition(
      vectors.shape == [sources.sentences.count, current.columns],
      "states \(vectors.shape) do not fit \(sources.sentences.count) sentences")
    for (row, sentence) in sources.sentences.enumerated() {
      starts[Int32(sentence)] = vectors.sliced(row..<(row + 1))
    }
  }

  /// Moves on to a step: each row receives the vector of its parent, or of its sentence's start.
  public func advance(_ step: DecoderStep) {
    swap(&current, &before)
    current.reserve(step.rows)
    for (row, parent) in step.parents.enumerated() {
      if !step.begins(row) {
        current.copy(row: Int(parent), of: before, to: row)
      } else if let start = starts[step.sentences[row]] {
        current.copy(start, to: row)
      } else {
        current.copy(row: 0, of: zeros, to: row)
      }
    }
    guard !starts.isEmpty else { return }
    for row in step.parents.indices where step.begins(row) {
      starts[step.sentences[row]] = nil
    }
  }
}
