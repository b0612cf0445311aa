import CFairlineKernels
import FairlineTensor
import Foundation
import Testing

/// Products with operands of IEEE half precision: the source compiled for every AVX-512 CPU, and
/// for AVX512-FP16 where this one has it.
@Suite(.enabled(if: fl_format_supported(FL_FLOAT16_EMULATED), "this CPU has no AVX-512"))
struct HalfProductTests {
  private static let formats = [FL_FLOAT16_EMULATED, FL_FLOAT16].filter(fl_format_supported)
  private static let sizes = [
    (1, 1, 1), (3, 40, 5), (12, 32, 256), (13, 33, 257), (97, 70, 19), (25, 100, 513),
    (110, 31, 1030), (5, 64, 1), (8, 17, 128),
  ]

  /// Sums of small integers fit in half precision, so that every place and every step can be
  /// checked without tolerance.
  @Test(arguments: [false, true], [false, true]) func integersAreExact(_ left: Bool, _ right: Bool)
  {
    for format in Self.formats {
      for (m, n, k) in Self.sizes { checkIntegers(format, m, n, k, (left, right)) }
    }
  }

  private func checkIntegers(
    _ format: fl_format, _ m: Int, _ n: Int, _ k: Int, _ transposed: (Bool, Bool)
  ) {
    let a = numbers(m * k, seed: 1).map { $0.rounded() }
    let b = numbers(k * n, seed: 2).map { $0.rounded() }
    let bias = numbers(n, seed: 3)
    let signs = numbers(m * (n + 1), seed: 4)
    let start = (0..<(m * (n + 1))).map { Float($0 % 5) }
    let sums = definition(a, b, m: m, n: n, k: k, transposed: transposed)
    for (adds, clamps, biased, masks) in [
      (false, false, false, false), (true, false, true, false), (false, true, true, false),
      (false, false, false, true), (true, true, false, true),
    ] {
      let c = blockedProduct(
        format, a, b, c: start, m: m, n: n, k: k, transposed: transposed,
        bias: biased ? bias : nil, adds: adds, clamps: clamps, mask: masks ? signs : [],
        rowBlock: 24, panelBlock: 2)
      var worst: Float = 0
      for i in 0..<m {
        for j in 0..<n {
          let place = i * (n + 1) + j
          var expected = Float(sums[i * n + j]) + (biased ? bias[j] : 0)
          if adds { expected += start[place] }
          if clamps { expected = max(expected, 0) }
          if masks, signs[place] <= 0 { expected = 0 }
          worst = max(worst, abs(c[place] - expected))
        }
        #expect(
          c[i * (n + 1) + n] == start[i * (n + 1) + n], "what lies between rows is left alone")
      }
      // A bias is not a whole number; what is added to it in another order may end on a neighbour.
      #expect(worst <= (biased ? 1e-4 : 0), "\(m) \(n) \(k) \(transposed) \(adds) \(clamps)")
    }
  }

  @Test func blocksDoNotChangeTheBits() {
    let (m, n, k) = (131, 150, 700)
    let (a, b) = (sample([m * k], 1).scalars, sample([k * n], 2).scalars)
    for format in Self.formats {
      let results = [(24, 2), (200, 9), (12, 1), (60, 3)].map { rows, panels in
        blockedProduct(
          format, a, b, c: [Float](repeating: 0, count: m * (n + 1)), m: m, n: n, k: k,
          transposed: (false, true), rowBlock: rows, panelBlock: panels)
      }
      for result in results { #expect(result == results[0]) }
    }
  }

  @Test func scalesAreThePowersOfTwoThatFit() {
    for largest: Float in [1e-37, 1e-6, 0.9999, 1, 8, 15.99, 16, 1e6, .greatestFiniteMagnitude] {
      let scale = fl_product_scale(FL_FLOAT16, largest)
      #expect(scale.significand == 1 && (8..<16).contains(largest * scale), "\(largest)")
    }
    #expect(fl_product_scale(FL_FLOAT16, .leastNonzeroMagnitude) == 0x1p126)
    for largest in [0, Float.infinity, .nan] {
      #expect(fl_product_scale(FL_FLOAT16, largest) == 1)
    }
    #expect(fl_product_scale(FL_BFLOAT16, 1e6) == 1)
  }

  /// The sums of a chunk in half precision err by about 1e-3; what the scales let go is far less.
  @Test func operandsOfAnyMagnitudeKeepTheirPrecision() {
    let (m, n, k) = (60, 70, 600)
    let (a, b) = (numbers(m * k, in: -1...1, seed: 1), numbers(k * n, in: -1...1, seed: 2))
    for format in Self.formats {
      for (left, right) in [
        (1, 1), (1e-6, 1), (1e6, 1e6), (1e-6, 1e6), (1e-6, 1e-6), (3e38, 1e-38), (1e-38, 1e33),
      ] as [(Float, Float)] {
        check(
          format, a.map { $0 * left }, b.map { $0 * right }, m: m, n: n, k: k, "\(left) \(right)")
      }
      // Every third row is a thousand or a million times smaller than the largest ones.
      let mixed = a.enumerated().map { $1 * [1, 1e-3, 1e-6][$0 / k % 3] }
      check(format, mixed, b, m: m, n: n, k: k, "mixed rows")
      // What is never negative, such as activations behind a rectifier, adds up to much larger
      // sums.
      check(format, a.map(abs), b.map(abs), m: m, n: n, k: k, "not negative")
      // The most that a chunk can hold.
      let most = [Float](repeating: 15.999, count: m * k)
      check(format, most, [Float](repeating: 15.999, count: k * n), m: m, n: n, k: k, "most")
    }
  }

  private func check(
    _ format: fl_format, _ a: [Float], _ b: [Float], m: Int, n: Int, k: Int, _ name: String
  ) {
    let c = blockedProduct(
      format, a, b, c: [Float](repeating: 0, count: m * (n + 1)), m: m, n: n, k: k,
      transposed: (false, false), rowBlock: m, panelBlock: 3)
    let observed = (0..<m).flatMap { c[($0 * (n + 1))..<($0 * (n + 1) + n)] }
    let exact = definition(a, b, m: m, n: n, k: k, transposed: (false, false))
    #expect(relativeError(observed, exact) < 2e-3, "\(name)")
    // The scale is a power of two, so that rounding before it or after it differs in subnormal
    // numbers only.
    let rounded = definition(
      half(a, of: format), half(b, of: format), m: m, n: n, k: k, transposed: (false, false))
    #expect(relativeError(observed, rounded) < 2e-3, "\(name), rounded")
    #expect(relativeError(rounded.map { Float($0) }, exact) < 5e-4, "\(name), operands")
  }

  @Test func whatIsNotFiniteComesOut() {
    let (m, n, k) = (30, 40, 150)
    let (a, b) = (sample([m * k], 1).scalars, sample([k * n], 2).scalars)
    let start = [Float](repeating: 0, count: m * (n + 1))
    for format in Self.formats {
      for bad in [Float.nan, .infinity, -.infinity] {
        var (left, right) = (a, b)
        left[7 * k + 33] = bad
        right[44 * n + 21] = bad
        let c = blockedProduct(
          format, left, right, c: start, m: m, n: n, k: k, transposed: (false, false),
          rowBlock: 12, panelBlock: 1)
        for i in 0..<m {
          for j in 0..<n {
            #expect(c[i * (n + 1) + j].isFinite == (i != 7 && j != 21), "\(bad) \(i) \(j)")
          }
        }
      }
      let zeros = [Float](repeating: 0, count: m * k)
      let c = blockedProduct(
        format, zeros, b, c: start, m: m, n: n, k: k, transposed: (false, false), rowBlock: m,
        panelBlock: 2)
      #expect(c == start)
    }
  }

  @Test(
    .enabled(if: fl_format_supported(FL_FLOAT16), "this CPU has no half-precision products"))
  func theInstructionsRoundAsTheSourceSays() {
    let (m, n, k) = (100, 90, 900)
    let (a, b) = (sample([m * k], 1).scalars, sample([k * n], 2).scalars)
    let results = [FL_FLOAT16, FL_FLOAT16_EMULATED].map {
      blockedProduct(
        $0, a, b, c: [Float](repeating: 0, count: m * (n + 1)), m: m, n: n, k: k,
        transposed: (false, true), rowBlock: 24, panelBlock: 2)
    }
    // Without the instructions a sum is rounded twice, which matters once in some thousand steps.
    #expect(relativeError(results[0], results[1].map(Double.init)) < 3e-4)
  }

  /// Linear maps and their gradients find the scales themselves, on all threads.
  @Test func linearMapsScaleTheirOperands() {
    defer { Parallel.setThreadCount(0) }
    let (x, w) = (sample([500, 300], 1) * 1e6, sample([120, 300], 2) * 1e-6)
    let seed = sample([500, 120], 3) * 1e-7
    func run() -> [[Float]] {
      let tape = Tape()
      let (input, weight) = (tape.watch(x), tape.watch(w))
      let result = input.linear(weight: weight)
      tape.goBack(from: result, seed: seed)
      return [result, tape.gradient(of: input)!, tape.gradient(of: weight)!].map(\.scalars)
    }
    let exact = run()
    for format in Self.formats {
      let before = fl_format_in_use()
      fl_format_use(format)
      defer { fl_format_use(before) }
      let results = [1, 2, 3].map { threads in
        Parallel.setThreadCount(threads)
        return run()
      }
      #expect(results[0] == results[1] && results[0] == results[2])
      for (observed, expected) in zip(results[0], exact) {
        let error = relativeError(observed, expected.map(Double.init))
        #expect(error > 1e-5 && error < 2e-3)
      }
    }
  }
}

/// The elements rounded to half precision after the scale of the whole.
private func half(_ x: [Float], of format: fl_format) -> [Float] {
  let scale = fl_product_scale(format, fl_max_abs(x, Int64(x.count)))
  return x.map { Float(Float16($0 * scale)) / scale }
}

/// The product `[m, n]` in double precision.
private func definition(
  _ a: [Float], _ b: [Float], m: Int, n: Int, k: Int, transposed: (Bool, Bool)
) -> [Double] {
  var c = [Double](repeating: 0, count: m * n)
  for i in 0..<m {
    for p in 0..<k {
      let x = Double(a[transposed.0 ? p * m + i : i * k + p])
      for j in 0..<n { c[i * n + j] += x * Double(b[transposed.1 ? j * k + p : p * n + j]) }
    }
  }
  return c
}

/// The Frobenius norm of the difference, as a share of that of `exact`.
private func relativeError(_ observed: [Float], _ exact: [Double]) -> Double {
  var (error, size) = (0.0, 0.0)
  for (x, y) in zip(observed, exact) {
    error += (Double(x) - y) * (Double(x) - y)
    size += y * y
  }
  return (error / size).squareRoot()
}
