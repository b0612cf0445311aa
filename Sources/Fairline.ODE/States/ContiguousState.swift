/// A state whose elements lie in one piece of memory; everything a solver needs follows from that.
public protocol ContiguousState: ODEState where Scalar: ODEScalar {
  /// Calls `body` with the elements.
  func withElements<Result>(
    _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result

  /// Calls `body` with the elements, to be changed.
  mutating func withMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result

  /// The elements of one part.
  func elements(ofPart part: Int) -> Range<Int>
}

extension ContiguousState {
  /// All elements: there is one part.
  public func elements(ofPart part: Int) -> Range<Int> { 0..<count }

  /// Replaces the elements by a linear combination, in one pass over memory.
  public mutating func assign(_ sum: LinearSum<Self>) {
    let layout = PartLayout(self, apart: sum.scale.count > 1)
    if let runs = sum.runs { return assign(sum, inRuns: runs, layout) }
    withMutableElements { target in
      guard let start = target.baseAddress else { return }
      sum.withSources { base, terms, weights, termCount in
        for part in 0..<layout.count {
          Scalar.combine(
            start, base: base, terms: terms, weights: weights, termCount: termCount,
            scale: sum.scale[part], range: layout[part])
        }
      }
    }
  }

  /// The same with a fixed order of additions, one term at a time.
  private mutating func assign(
    _ sum: LinearSum<Self>, inRuns runs: [Int], _ layout: PartLayout
  ) {
    var total = [Scalar](repeating: 0, count: count)
    var next = 0
    for run in runs {
      var part = [Scalar](repeating: 0, count: count)
      for term in next..<next + run where sum.weights[term] != 0 {
        sum.terms[sum.picks[term]].withElements { x in
          for index in 0..<layout.count {
            let factor = Scalar(sum.weights[term]) * Scalar(sum.scale[index])
            for i in layout[index] { part[i] += factor * x[i] }
          }
        }
      }
      for i in total.indices { total[i] += part[i] }
      next += run
    }
    if let base = sum.base {
      base.withElements { x in for i in total.indices { total[i] = x[i] + total[i] } }
    }
    withMutableElements { target in for i in total.indices { target[i] = total[i] } }
  }

  /// Adds `factor` times another state; `factor` has one number, or one for each part.
  public mutating func add(_ other: Self, times factor: [Double]) {
    precondition(count == other.count, "states of different sizes cannot be added")
    let layout = PartLayout(self, apart: factor.count > 1)
    withMutableElements { target in
      other.withElements { source in
        guard let to = target.baseAddress, let from = source.baseAddress else { return }
        for part in 0..<layout.count {
          let first = layout[part].lowerBound
          Scalar.add(to + first, from + first, times: factor[part], count: layout[part].count)
        }
      }
    }
  }

  /// Appends the inner product with another state, one number for each part.
  public func appendDots(with other: Self, to products: inout [Double]) {
    precondition(count == other.count, "states of different sizes have no inner product")
    withElements { x in
      other.withElements { y in
        for part in 0..<partCount {
          let range = elements(ofPart: part)
          guard let x = x.baseAddress, let y = y.baseAddress else {
            products.append(0)
            continue
          }
          products.append(
            Scalar.dot(x + range.lowerBound, y + range.lowerBound, count: range.count))
        }
      }
    }
  }

  /// Whether no element is infinite or not a number.
  public var isFinite: Bool {
    withElements { x in
      x.baseAddress.map { Scalar.areFinite($0, count: x.count) } ?? true
    }
  }
}

/// The elements of each part, or all elements where the parts are treated alike.
private struct PartLayout {
  let whole: Range<Int>
  let parts: [Range<Int>]

  init<State: ContiguousState>(_ state: State, apart: Bool) {
    whole = 0..<state.count
    parts = apart ? (0..<state.partCount).map(state.elements(ofPart:)) : []
  }

  var count: Int { max(parts.count, 1) }
  subscript(part: Int) -> Range<Int> { parts.isEmpty ? whole : parts[part] }
}

extension LinearSum where State: ContiguousState {
  /// Calls `body` with the elements of the base, and of all terms whose weight is not zero, and
  /// those weights.
  func withSources(
    _ body: (
      UnsafePointer<State.Scalar>?, UnsafeMutablePointer<UnsafePointer<State.Scalar>>,
      UnsafePointer<Double>, Int
    ) -> Void
  ) {
    typealias Pointer = UnsafePointer<State.Scalar>
    withUnsafeTemporaryAllocation(of: Pointer.self, capacity: picks.count + 1) { pointers in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: picks.count + 1) { factors in
        guard let terms = pointers.baseAddress, let used = factors.baseAddress else { return }
        collect(from: 0, into: terms, used, count: 0) { count in
          if let base {
            base.withElements { body($0.baseAddress, terms, used, count) }
          } else {
            body(nil, terms, used, count)
          }
        }
      }
    }
  }

  private func collect(
    from index: Int, into pointers: UnsafeMutablePointer<UnsafePointer<State.Scalar>>,
    _ used: UnsafeMutablePointer<Double>, count: Int, _ body: (Int) -> Void
  ) {
    var next = index
    while next < picks.count, weights[next] == 0 { next += 1 }
    guard next < picks.count else { return body(count) }
    terms[picks[next]].withElements { source in
      guard let start = source.baseAddress else { return }
      pointers[count] = start
      used[count] = weights[next]
      collect(from: next + 1, into: pointers, used, count: count + 1, body)
    }
  }
}
