import CFairlineKernels
import Synchronization

/// A weighted sum of tensors whose elements are computed by whoever reads them first.
///
/// A product forms the sum row by row, as it needs the rows of its left operand: the terms are
/// brought near while it multiplies. All others form it in one pass over memory, on all threads. It
/// keeps the terms alive until then.
package final class DeferredSum: @unchecked Sendable {
  /// What the sum is formed from.
  private struct Sources {
    let base: Tensor?
    let terms: [Tensor]
    let factors: [Float]
  }

  /// Where the elements are written.
  let target: UnsafeMutablePointer<Float>
  let count: Int
  private let sources: Mutex<Sources?>
  private let isFormed = Atomic(false)

  /// Makes the sum `base + factors[0] * terms[0] + ...`, all of the same number of elements.
  ///
  /// - Parameter target: memory for the elements, not that of a term; it must outlive the sum.
  package init(
    base: Tensor?, terms: [Tensor], factors: [Float], into target: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    precondition(terms.count == factors.count, "each term of a sum has one factor")
    precondition(
      terms.allSatisfy { $0.count == count } && base?.count ?? count == count,
      "the terms of a sum of \(count) elements have as many")
    self.target = target
    self.count = count
    sources = Mutex(Sources(base: base, terms: terms, factors: factors))
  }

  /// Whether the elements are there.
  var isPending: Bool { !isFormed.load(ordering: .acquiring) }

  /// Computes the elements, unless that has happened.
  package func form() {
    if !isPending { return }
    form { sum in
      guard let sum else { return }
      Parallel.ranges(count, grain: Parallel.evenGrain(count)) { range in
        fl_linear_sum(sum, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  /// Calls `body`, which must compute all elements, with the sum; with nil when they are there
  /// already.
  func form(by body: (UnsafePointer<fl_weighted_sum>?) -> Void) {
    sources.withLock { sources in
      guard let known = sources else { return body(nil) }
      let pointers = known.terms.map { Optional(UnsafePointer($0.pointer)) }
      var sum = fl_weighted_sum()
      sum.target = target
      sum.base = known.base.map { UnsafePointer($0.pointer) }
      sum.count = Int64(pointers.count)
      pointers.withUnsafeBufferPointer { terms in
        known.factors.withUnsafeBufferPointer { factors in
          (sum.terms, sum.factors) = (terms.baseAddress, factors.baseAddress)
          body(&sum)
        }
      }
      sources = nil
      isFormed.store(true, ordering: .releasing)
    }
  }
}
