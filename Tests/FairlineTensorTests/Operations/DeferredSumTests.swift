import CFairlineKernels
import Dispatch
import FairlineTensor
import Testing

/// Sums that are computed when they are first read give what they would have given at once.
@Suite struct DeferredSumTests {
  /// Keeps tensors' memory alive.
  private final class Owner {
    let memory: Tensor

    init(_ memory: Tensor) { self.memory = memory }
  }

  private static let factors: [Float] = [0.5, -1.25, 0.3]

  private func terms(_ shape: Shape) -> [Tensor] {
    (0..<UInt64(Self.factors.count)).map { sample(shape, 10 + $0) }
  }

  private func deferred(_ base: Tensor?, _ terms: [Tensor], _ shape: Shape) throws -> Tensor {
    let memory = Tensor(repeating: .nan, shape: shape)
    let target = try #require(memory.withScalars { $0.baseAddress })
    let sum = DeferredSum(
      base: base, terms: terms, factors: Array(Self.factors.prefix(terms.count)),
      into: UnsafeMutablePointer(mutating: target), count: shape.count)
    return Tensor(deferred: sum, shape: shape, from: Owner(memory))
  }

  @Test(arguments: [1, 63, 1000, 70_001], [0, 1, 3]) func readersComputeIt(
    _ count: Int, _ termCount: Int
  ) throws {
    let all = Array(terms([count]).prefix(termCount))
    for base in [nil, sample([count], 5)] {
      let found = try deferred(base, all, [count]).scalars
      var wanted = base?.scalars.map(Double.init) ?? [Double](repeating: 0, count: count)
      for (term, factor) in zip(all, Self.factors) {
        for (i, x) in term.scalars.enumerated() { wanted[i] += Double(factor) * Double(x) }
      }
      #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    }
  }

  @Test(
    arguments: [
      (500, 256, 256), (97, 300, 100), (300, 70, 1100), (130, 19, 64), (1, 300, 2000), (10, 8, 4),
    ], ProductFormat.allCases)
  func productsComputeIt(_ size: (Int, Int, Int), _ format: ProductFormat) throws {
    let (rows, inputs, outputs) = size
    let (shape, weight) = (Shape([rows, inputs]), sample([outputs, inputs], 2))
    for base in [nil, sample(shape, 5)] {
      let x = try deferred(base, terms(shape), shape)
      let read = try deferred(base, terms(shape), shape)
      #expect(read.scalars.allSatisfy { $0.isFinite })
      let (found, wanted) = format.use {
        (x.linear(weight: weight).scalars, read.linear(weight: weight).scalars)
      }
      #expect(found == wanted)
      #expect(x.scalars == read.scalars, "what the product computed stays")
    }
  }

  @Test(.enabled(if: fl_format_supported(FL_FLOAT16_EMULATED), "this CPU has no AVX-512"))
  func scalesOfOperandsAreThoseOfItsElements() throws {
    let before = fl_format_in_use()
    defer { fl_format_use(before) }
    let (shape, weight): (Shape, Tensor) = ([120, 100], sample([90, 100], 2))
    // So small that float16 holds them only with the scale.
    let small = terms(shape).map { $0 * 1e-7 }
    let (x, read) = (try deferred(nil, small, shape), try deferred(nil, small, shape))
    #expect(read.scalars.allSatisfy { $0.isFinite })
    fl_format_use(FL_FLOAT16_EMULATED)
    #expect(x.linear(weight: weight).scalars == read.linear(weight: weight).scalars)
  }

  @Test func gradientsReachItsReader() throws {
    let shape: Shape = [200, 100]
    let (weight, seed) = (sample([90, 100], 2), sample([200, 90], 3))
    func gradients(_ x: Tensor) -> [[Float]?] {
      let tape = Tape()
      let (x, weight) = (tape.watch(x), tape.watch(weight))
      tape.goBack(from: x.linear(weight: weight), seed: seed)
      return [tape.gradient(of: x)?.scalars, tape.gradient(of: weight)?.scalars]
    }
    let x = try deferred(nil, terms(shape), shape)
    let copy = Tensor(try deferred(nil, terms(shape), shape).scalars, shape: shape)
    let (found, wanted) = (gradients(x), gradients(copy))
    #expect(found == wanted && !found.contains(nil))
  }

  @Test func termsAreFreedOnceItIsComputed() throws {
    let shape: Shape = [300, 200]
    weak var owner: Owner?
    func withTerm() throws -> Tensor {
      let own = Owner(sample(shape, 1))
      owner = own
      let term = try own.memory.withScalars { scalars in
        Tensor(borrowing: try #require(scalars.baseAddress), shape: shape, from: own)
      }
      return try deferred(nil, [term], shape)
    }
    let read = try withTerm()
    #expect(owner != nil)
    #expect(read.scalars.count == shape.count)
    #expect(owner == nil)
    let multiplied = try withTerm()
    #expect(owner != nil)
    _ = multiplied.linear(weight: sample([200, 200], 2))
    #expect(owner == nil)
    _ = try withTerm()
    #expect(owner == nil, "nor are they kept by a sum that nobody read")
  }

  @Test func manyThreadsReadItAtOnce() throws {
    let shape: Shape = [400, 128]
    let (weight, terms) = (sample([128, 128], 2), self.terms(shape))
    let wanted = try deferred(nil, terms, shape).linear(weight: weight).scalars
    for _ in 0..<20 {
      let x = try deferred(nil, terms, shape)
      var results = [[Float]](repeating: [], count: 6)
      results.withUnsafeMutableBufferPointer { results in
        nonisolated(unsafe) let results = results
        DispatchQueue.concurrentPerform(iterations: results.count) { index in
          let read = index % 2 == 0 ? x : Tensor(x.scalars, shape: shape)
          results[index] = read.linear(weight: weight).scalars
        }
      }
      #expect(results.allSatisfy { $0 == wanted })
    }
  }
}
