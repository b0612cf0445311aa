/// A solution that can be evaluated at any time of its interval.
public struct DenseSolution<State: ODEState> {
  struct Piece {
    let start: Double
    let end: Double
    let state: State
    let slopes: [State]
    let polynomial: DensePolynomial
  }

  var pieces: [Piece] = []
  let direction: Double
  /// The state at the beginning, which a solve without steps has everywhere.
  let start: State

  /// The times at which the steps ended, the start included.
  public var times: [Double] { (pieces.first.map { [$0.start] } ?? []) + pieces.map(\.end) }

  /// The state at a time; outside of the interval the first or last step is continued, and a solve
  /// without steps stays where it began.
  public func callAsFunction(_ time: Double) -> State {
    guard let piece = self.piece(at: time) else { return start }
    let length = piece.end - piece.start
    let sum = piece.polynomial.weights(at: (time - piece.start) / length)
    var result = piece.state.zeros()
    result.assign(
      LinearSum(
        base: piece.state, terms: piece.slopes, picks: sum.picks, weights: sum.weights,
        scale: [length]))
    return result
  }

  /// The derivative of the dense output at a time.
  public func derivative(at time: Double) -> State {
    guard let piece = self.piece(at: time) else { return start.zeros() }
    let x = (time - piece.start) / (piece.end - piece.start)
    let sum = piece.polynomial.derivativeWeights(at: x)
    var result = piece.state.zeros()
    result.assign(LinearSum(terms: piece.slopes, picks: sum.picks, weights: sum.weights))
    return result
  }

  private func piece(at time: Double) -> Piece? {
    if pieces.isEmpty { return nil }
    var (low, high) = (0, pieces.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if direction * (time - pieces[middle].end) > 0 { low = middle + 1 } else { high = middle }
    }
    return pieces[low]
  }
}

extension DenseSolution {
  /// Adds the step a machine has just computed.
  mutating func append(_ machine: StepMachine<State>, _ polynomial: DensePolynomial) {
    let places = polynomial.picks
    pieces.append(
      Piece(
        start: machine.starts[0], end: machine.ends[0], state: machine.points[0],
        slopes: places.map { machine.slopes[$0] },
        polynomial: DensePolynomial(
          picks: Array(places.indices), coefficients: polynomial.coefficients)))
  }
}
