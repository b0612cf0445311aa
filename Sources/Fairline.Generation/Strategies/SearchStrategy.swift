/// A way to continue prefixes: what is found in each row, and how a sentence's candidates are
/// ranked.
///
/// A value that all sentences and threads share. What it remembers of one sentence from step to
/// step is its ``State``, of any type.
public protocol SearchStrategy: Sendable {
  /// What is remembered of a sentence from step to step.
  associatedtype State = Void

  /// What is remembered of a sentence before its first step.
  func begin(_ size: SearchSize) -> State

  /// The same for a sentence whose outputs must hold some phrases.
  func begin(_ size: SearchSize, phrases: [[Int32]]) -> State

  /// What a row is asked for besides its best cells; called from many threads at once.
  ///
  /// - Parameter slot: the row's place among those of its sentence.
  func demand(of slot: Int, _ state: State) -> RowDemand

  /// The most cells of one row that matter.
  func width(_ size: SearchSize) -> Int

  /// Whether a prefix that has ended stays among the rows of its sentence.
  var keepsEndedRows: Bool { get }

  /// Whether a search with one prefix takes the best symbol of each row, so that scores need not
  /// be computed when nobody asks for them.
  var takesBestOfOnePrefix: Bool { get }

  /// Finds the cells of one row, best first; called from many threads at once.
  ///
  /// - Returns: how many there are, at most ``width(_:)``.
  func scan(_ row: ScoredRow, at place: RowPlace, into cells: CellBuffer) -> Int

  /// Ranks the candidates of one sentence, best first.
  ///
  /// Of an end symbol among the first `beam` candidates an output is made; the best `beam` others
  /// go on.
  ///
  /// - Parameters:
  ///   - rows: the sentence's prefixes, best first; a single one in the first step.
  ///   - step: the number of symbols before, 0 at first.
  ///   - state: what ``begin(_:)`` made of this sentence.
  func candidates(
    _ rows: [RowCells], step: Int, _ size: SearchSize, state: inout State
  ) -> [Candidate]
}

extension SearchStrategy {
  /// No.
  public var keepsEndedRows: Bool { false }

  /// No.
  public var takesBestOfOnePrefix: Bool { false }

  /// Phrases are not looked at.
  public func begin(_ size: SearchSize, phrases: [[Int32]]) -> State { begin(size) }

  /// Nothing.
  public func demand(of slot: Int, _ state: State) -> RowDemand { RowDemand() }

  /// Twice the beam: if all best cells end a prefix, there are as many others.
  public func width(_ size: SearchSize) -> Int { min(2 * size.beam, size.vocabulary) }

  /// The best cells.
  public func scan(_ row: ScoredRow, at place: RowPlace, into cells: CellBuffer) -> Int {
    row.best(into: cells)
  }
}

extension SearchStrategy where State == Void {
  /// Nothing is remembered.
  public func begin(_ size: SearchSize) {}
}

/// How many prefixes of a sentence a search keeps, of how many symbols.
public struct SearchSize: Sendable, Equatable {
  /// Prefixes kept for each sentence.
  public let beam: Int
  /// The number of symbols.
  public let vocabulary: Int

  /// Puts both together.
  public init(beam: Int, vocabulary: Int) {
    self.beam = beam
    self.vocabulary = vocabulary
  }
}

/// A strategy with what it remembers of one sentence, whatever the type of that.
protocol SentenceStrategy: AnyObject {
  /// Ranks the sentence's candidates.
  func candidates(_ rows: [RowCells], step: Int, _ size: SearchSize) -> [Candidate]

  /// What a row is asked for besides its best cells.
  func demand(of slot: Int) -> RowDemand
}

/// The one place where the type of a strategy's state is erased.
private final class TypedSentenceStrategy<Strategy: SearchStrategy>: SentenceStrategy {
  private let strategy: Strategy
  private var state: Strategy.State

  init(_ strategy: Strategy, _ size: SearchSize, _ phrases: [[Int32]]) {
    self.strategy = strategy
    state = phrases.isEmpty ? strategy.begin(size) : strategy.begin(size, phrases: phrases)
  }

  func demand(of slot: Int) -> RowDemand { strategy.demand(of: slot, state) }

  func candidates(_ rows: [RowCells], step: Int, _ size: SearchSize) -> [Candidate] {
    strategy.candidates(rows, step: step, size, state: &state)
  }
}

extension SearchStrategy {
  /// This strategy for a sentence that begins.
  ///
  /// - Parameter phrases: what its outputs must hold.
  func forSentence(_ size: SearchSize, phrases: [[Int32]]) -> any SentenceStrategy {
    TypedSentenceStrategy(self, size, phrases)
  }
}
