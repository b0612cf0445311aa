import CFairlineKernels
import Dispatch
import FairlineTensor
import Synchronization
import Testing

/// A product of fl_product's kernels in one format, at the CPU level in use; rows of c are `n + 1`
/// floats apart.
///
/// - Parameter packs: whether the right operand is packed; otherwise it is read where it stands.
func blockedProduct(
  _ format: fl_format, _ a: [Float], _ b: [Float], c start: [Float], m: Int, n: Int, k: Int,
  transposed: (Bool, Bool), bias: [Float]? = nil, adds: Bool = false, clamps: Bool = false,
  mask: [Float] = [], rowBlock: Int, panelBlock: Int, packs: Bool = true
) -> [Float] {
  a.withUnsafeBufferPointer {
    blockedProduct(
      format, $0, b, c: start, m: m, n: n, k: k, transposed: transposed, bias: bias, adds: adds,
      clamps: clamps, mask: mask, rowBlock: rowBlock, panelBlock: panelBlock, packs: packs)
  }
}

/// The same for a left operand in memory, or one that `sum` says how to form there.
func blockedProduct(
  _ format: fl_format, _ a: UnsafeBufferPointer<Float>, _ b: [Float], c start: [Float], m: Int,
  n: Int, k: Int, transposed: (Bool, Bool), bias: [Float]? = nil, adds: Bool = false,
  clamps: Bool = false, mask: [Float] = [], rowBlock: Int, panelBlock: Int, packs: Bool = true,
  sum: UnsafePointer<fl_weighted_sum>? = nil
) -> [Float] {
  var c = start
  var words = [UInt32](
    repeating: 0x7fc0_7fc0, count: Int(fl_product_words(format, Int64(n), Int64(k))))
  let panels = (n + 31) / 32
  let masked = UnsafeMutableBufferPointer<Float>.allocate(capacity: mask.count)
  _ = masked.initialize(from: mask)
  defer { masked.deallocate() }
  b.withUnsafeBufferPointer { b in
    c.withUnsafeMutableBufferPointer { c in
      withPointer(to: bias) { bias in
        var g = fl_product()
        (g.m, g.n, g.k) = (Int64(m), Int64(n), Int64(k))
        (g.a, g.a_row, g.a_step) =
          transposed.0 ? (a.baseAddress, 1, Int64(m)) : (a.baseAddress, Int64(k), 1)
        (g.b, g.b_row, g.b_step) =
          transposed.1 ? (b.baseAddress, 1, Int64(k)) : (b.baseAddress, Int64(n), 1)
        g.a_scale = fl_product_scale(format, fl_max_abs(a.baseAddress, Int64(m * k)))
        g.b_scale = fl_product_scale(format, fl_max_abs(b.baseAddress, Int64(k * n)))
        (g.c, g.c_row) = (c.baseAddress, Int64(n + 1))
        (g.add, g.clamp) = (adds, clamps)
        g.bias = bias
        g.sum = sum
        g.mask = mask.isEmpty ? nil : UnsafePointer(masked.baseAddress)
        let depth = Int(fl_product_depth(format))
        for block in 0..<((k + depth - 1) / depth) where packs {
          fl_pack_block(format, &g, &words, Int64(block), 0, Int64(panels))
        }
        for row in stride(from: 0, to: m, by: rowBlock) {
          for panel in stride(from: 0, to: panels, by: panelBlock) {
            // Parts that say which rows come next, too few of them or none: it makes no difference.
            var part = fl_part(
              first_row: Int64(row), last_row: Int64(min(row + rowBlock, m)),
              first_panel: Int64(panel), last_panel: Int64(min(panel + panelBlock, panels)),
              next_row: Int64(row / 2), next_last_row: Int64(row))
            fl_product_block(format, &g, packs ? words : nil, &part)
          }
        }
      }
    }
  }
  return c
}

/// A float rounded to eight bits of precision, ties to even.
private func bfloat16(_ x: Float) -> Float {
  let bits = x.bitPattern
  return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
}

@Suite struct BlockedProductTests {
  private static let sizes = [
    (1, 1, 1), (3, 40, 5), (12, 32, 256), (13, 33, 257), (97, 70, 19), (25, 100, 513),
    (200, 31, 1030), (5, 64, 1), (38, 96, 300),
  ]

  @Test(arguments: KernelTests.levels, [false, true]) func float32IsTheDefinition(
    _ level: Int32, _ across: Bool
  ) {
    let before = fl_cpu_level()
    defer { fl_cpu_use_level(before) }
    #expect(fl_cpu_use_level(level) == level)
    for (m, n, k) in Self.sizes {
      for right in [false, true] {
        check(FL_FLOAT32, m, n, k, (across, right), tolerance: 2e-6) { $0 }
      }
      guard n % 32 == 0 else { continue }
      check(FL_FLOAT32, m, n, k, (across, false), packs: false, tolerance: 2e-6) { $0 }
    }
  }

  @Test(arguments: KernelTests.levels, [0, 1, 4]) func aLeftOperandIsFormedOnTheWay(
    _ level: Int32, _ termCount: Int
  ) {
    let before = fl_cpu_level()
    defer { fl_cpu_use_level(before) }
    #expect(fl_cpu_use_level(level) == level)
    for (m, n, k) in Self.sizes {
      let b = sample([k * n], 2).scalars
      let start = [Float](repeating: 0, count: m * (n + 1))
      let base = sample([m * k], 3).scalars
      let terms = (0..<termCount).map { sample([m * k], 4 + UInt64($0)).scalars }
      for base in [nil, base] {
        var (formed, a) = ([Float](repeating: .nan, count: m * k), start)
        let c = withSum(base, terms) { sum in
          a = [Float](repeating: .nan, count: m * k)
          a.withUnsafeMutableBufferPointer { target in
            sum.target = target.baseAddress
            fl_linear_sum(&sum, 0, Int64(m * k))
          }
          return formed.withUnsafeMutableBufferPointer { target in
            sum.target = target.baseAddress
            return withUnsafePointer(to: sum) { sum in
              blockedProduct(
                FL_FLOAT32, UnsafeBufferPointer(target), b, c: start, m: m, n: n, k: k,
                transposed: (false, true), rowBlock: 36, panelBlock: 2, sum: sum)
            }
          }
        }
        let wanted = a.withUnsafeBufferPointer {
          blockedProduct(
            FL_FLOAT32, $0, b, c: start, m: m, n: n, k: k, transposed: (false, true),
            rowBlock: 36, panelBlock: 2)
        }
        #expect(formed == a && c == wanted, "\(m) \(n) \(k) \(base == nil) at \(level)")
      }
    }
  }

  /// Calls `body` with a sum of terms, each times a factor of its own, that has no target yet.
  private func withSum<Result>(
    _ base: [Float]?, _ terms: [[Float]], _ body: (inout fl_weighted_sum) -> Result
  ) -> Result {
    let factors = terms.indices.map { 0.5 - 0.4 * Float($0) }
    let size = terms.first?.count ?? 0
    return terms.flatMap { $0 }.withUnsafeBufferPointer { all in
      let pointers = terms.indices.map { index in all.baseAddress.map { $0 + index * size } }
      return pointers.withUnsafeBufferPointer { pointers in
        factors.withUnsafeBufferPointer { factors in
          withPointer(to: base) { known in
            var sum = fl_weighted_sum()
            sum.base = known
            (sum.terms, sum.factors) = (pointers.baseAddress, factors.baseAddress)
            sum.count = Int64(terms.count)
            return body(&sum)
          }
        }
      }
    }
  }

  @Test(
    .enabled(if: fl_format_supported(FL_BFLOAT16), "this CPU has no bfloat16 products"),
    arguments: [false, true], [false, true])
  func bfloat16RoundsTheOperandsOnly(_ left: Bool, _ right: Bool) {
    for (m, n, k) in Self.sizes {
      check(FL_BFLOAT16, m, n, k, (left, right), tolerance: 2e-6, bfloat16)
    }
  }

  private func check(
    _ format: fl_format, _ m: Int, _ n: Int, _ k: Int, _ transposed: (Bool, Bool),
    packs: Bool = true, tolerance: Double, _ round: (Float) -> Float
  ) {
    let (a, b) = (sample([m * k], 1).scalars, sample([k * n], 2).scalars)
    let bias = sample([n], 3).scalars
    let signs = sample([m * (n + 1)], 4).scalars
    for (adds, clamps, biased, masks) in [
      (false, false, false, false), (true, false, true, false), (false, true, true, false),
      (false, false, false, true), (true, false, false, true),
    ] {
      let start = (0..<(m * (n + 1))).map { Float($0 % 5) }
      let c = blockedProduct(
        format, a, b, c: start, m: m, n: n, k: k, transposed: transposed,
        bias: biased ? bias : nil, adds: adds, clamps: clamps, mask: masks ? signs : [],
        rowBlock: 24, panelBlock: 2, packs: packs)
      var worst = 0.0
      for i in 0..<m {
        for j in 0..<n {
          var sum = adds ? Double(start[i * (n + 1) + j]) : 0
          if biased { sum += Double(bias[j]) }
          for p in 0..<k {
            let x = round(a[transposed.0 ? p * m + i : i * k + p])
            let y = round(b[transposed.1 ? j * k + p : p * n + j])
            sum += Double(x) * Double(y)
          }
          if clamps { sum = max(sum, 0) }
          if masks, signs[i * (n + 1) + j] <= 0 { sum = 0 }
          worst = max(worst, abs(Double(c[i * (n + 1) + j]) - sum))
        }
        #expect(
          c[i * (n + 1) + n] == start[i * (n + 1) + n], "what lies between rows is left alone")
      }
      #expect(worst < tolerance * Double(k + 8), "\(m) \(n) \(k) \(transposed) \(adds) \(clamps)")
    }
  }

  @Test(arguments: [ProductFormat.float32, .bfloat16].filter(\.isSupported))
  func blocksDoNotChangeTheBits(
    _ format: ProductFormat
  ) {
    let (m, n, k) = (131, 150, 700)
    let (a, b) = (sample([m * k], 1).scalars, sample([k * n], 2).scalars)
    let results = [(24, 2), (200, 9), (12, 1), (60, 3)].map { rows, panels in
      blockedProduct(
        format == .float32 ? FL_FLOAT32 : FL_BFLOAT16, a, b,
        c: [Float](repeating: 0, count: m * (n + 1)), m: m, n: n, k: k, transposed: (false, true),
        rowBlock: rows, panelBlock: panels)
    }
    for result in results { #expect(result == results[0]) }
  }

  @Test(arguments: KernelTests.levels) func transposesAreTheDefinition(_ level: Int32) {
    let before = fl_cpu_level()
    defer { fl_cpu_use_level(before) }
    fl_cpu_use_level(level)
    for (rows, columns) in [(1, 1), (16, 16), (17, 5), (3, 40), (33, 50)] {
      let source = sample([columns, rows + 2], 1).scalars
      for adds in [false, true] {
        var result = [Float](repeating: 3, count: rows * (columns + 1))
        fl_transpose(
          &result, Int64(columns + 1), source, Int64(rows + 2), Int64(rows), Int64(columns), adds)
        for row in 0..<rows {
          for column in 0..<columns {
            let expected = source[column * (rows + 2) + row] + (adds ? 3 : 0)
            #expect(result[row * (columns + 1) + column] == expected)
          }
          #expect(result[row * (columns + 1) + columns] == 3)
        }
      }
    }
  }

  @Test func gradientsOfWideMapsAreThoseOfNarrowOnes() throws {
    let (x, w, g) = (sample([90, 130], 1), sample([40, 130], 2), sample([90, 40], 3))
    let tape = Tape()
    let weight = tape.watch(w)
    tape.goBack(from: x.linear(weight: weight), seed: g)
    let expected = g.matrixProduct(x, transposed: true).scalars
    let observed = try #require(tape.gradient(of: weight)).scalars
    #expect(observed.count == expected.count)
    #expect(zip(observed, expected).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func linearMapsUseTheFormatOfTheThread() {
    let (x, w, bias) = (sample([70, 90], 1), sample([80, 90], 2), sample([80], 3))
    let exact = x.linear(weight: w, bias: bias).scalars
    let half = ProductFormat.bfloat16.use { x.linear(weight: w, bias: bias).scalars }
    #expect(ProductFormat.inUse == .float32)
    let worst = zip(exact, half).map { abs($0 - $1) }.max() ?? 0
    #expect(worst < 0.1)
    #expect((worst > 1e-4) == ProductFormat.bfloat16.isSupported)
  }

  @Test(arguments: ProductFormat.allCases) func threadsDoNotChangeProducts(
    _ format: ProductFormat
  ) {
    defer { Parallel.setThreadCount(0) }
    let (x, w) = (sample([500, 300], 1), sample([400, 300], 2))
    let results = [1, 2, 3].map { threads in
      Parallel.setThreadCount(threads)
      return format.use { x.linear(weight: w).scalars }
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test func theNumberOfThreadsMayChangeMeanwhile() {
    defer { Parallel.setThreadCount(0) }
    let w = sample([64, 64], 2)
    // Other numbers each time: memory that is used again must not hold the right ones.
    let inputs = (3..<8).map { sample([500, 64], $0) }
    let expected = inputs.map { $0.linear(weight: w).scalars }
    let goesOn = Atomic(true)
    DispatchQueue.concurrentPerform(iterations: 2) { part in
      if part == 0 {
        for turn in 0..<2000 {
          let found = inputs[turn % inputs.count].linear(weight: w).scalars
          guard found == expected[turn % inputs.count] else {
            Issue.record("turn \(turn) gives other numbers")
            break
          }
        }
        goesOn.store(false, ordering: .relaxed)
      } else {
        var count = 0
        while goesOn.load(ordering: .relaxed) {
          count += 1
          Parallel.setThreadCount(1 + count % 3)
        }
      }
    }
  }
}
