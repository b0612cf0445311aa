/// Gradients by the points or slopes of a step; those that nothing has reached are zero and take no
/// part.
struct CotangentBank<State: ODEState> {
  private(set) var values: [State] = []
  private var isLive: [Bool] = []
  /// What stands in for a gradient that has been taken out, or that nothing has reached.
  private var placeholder: State?

  /// Makes all gradients zero.
  mutating func reset(count: Int, like state: State) {
    while values.count < count { values.append(state) }
    isLive = Array(repeating: false, count: values.count)
    placeholder = state
  }

  /// Forgets the memory, when the shape of the state has changed.
  mutating func forget() { values = [] }

  subscript(index: Int) -> State? { isLive[index] ? values[index] : nil }

  func has(_ index: Int) -> Bool { isLive[index] }

  /// Replaces a gradient.
  mutating func set(_ index: Int, _ value: State) {
    values[index] = value
    isLive[index] = true
  }

  /// Adds to a gradient, with one factor, or one for each part.
  mutating func add(_ value: State, times factor: [Double] = [1], to index: Int) {
    if isLive[index] {
      values[index].add(value, times: factor)
    } else if factor == [1] {
      set(index, value)
    } else {
      values[index].assign(
        LinearSum(terms: [value], picks: [0], weights: [1], scale: factor))
      isLive[index] = true
    }
  }

  /// Adds a combination of gradients from a bank to a gradient, in one pass.
  mutating func gather(
    _ bank: [State], picks: [Int], weights: [Double], scale: [Double], into index: Int
  ) {
    if picks.isEmpty { return }
    let base = isLive[index] ? values[index] : nil
    values[index].assign(
      LinearSum(base: base, terms: bank, picks: picks, weights: weights, scale: scale))
    isLive[index] = true
  }

  /// Takes a gradient out to be added to and put back with ``set(_:_:)``; nil where nothing has
  /// reached it.
  mutating func take(_ index: Int) -> State? {
    guard isLive[index] else { return nil }
    isLive[index] = false
    var value = placeholder ?? values[index]
    swap(&value, &values[index])
    return value
  }
}
