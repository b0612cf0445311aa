import CFairlineKernels
import FairlineTensor
import Testing

@Suite struct PackedProductTests {
  @Test func equalsTheDefinition() {
    for (m, n, k) in [(1, 1, 1), (5, 33, 7), (29, 64, 16), (12, 31, 3), (0, 5, 2), (37, 100, 65)] {
      let (a, w, bias) = (sample([m, k], 1), sample([n, k], 2), sample([n], 3))
      let panels = fl_packed_panels(Int64(n))
      var packed = [Float](repeating: .nan, count: Int(panels) * 32 * k)
      fl_pack_weight(&packed, w.scalars, Int64(n), Int64(k))
      var c = [Float](repeating: 7, count: max(m * (n + 2), 1))
      fl_packed_product(
        &c, Int64(n + 2), a.scalars, Int64(k), packed, bias.scalars, Int64(m), Int64(n), Int64(k),
        0, panels)
      let (x, y, z) = (a.scalars, w.scalars, bias.scalars)
      for row in 0..<m {
        for column in 0..<n {
          let expected = (0..<k).reduce(Double(z[column])) {
            $0 + Double(x[row * k + $1]) * Double(y[column * k + $1])
          }
          #expect(abs(Double(c[row * (n + 2) + column]) - expected) < 1e-5)
        }
        // What lies between the rows is left alone.
        #expect(c[row * (n + 2) + n] == 7 && c[row * (n + 2) + n + 1] == 7)
      }
    }
  }

  @Test func aRowDoesNotDependOnTheOthers() {
    let (a, w) = (sample([25, 40], 1).scalars, sample([50, 40], 2).scalars)
    var packed = [Float](repeating: 0, count: 2 * 32 * 40)
    fl_pack_weight(&packed, w, 50, 40)
    var together = [Float](repeating: 0, count: 25 * 50)
    fl_packed_product(&together, 50, a, 40, packed, nil, 25, 50, 40, 0, 2)
    for row in 0..<25 {
      var alone = [Float](repeating: 0, count: 50)
      fl_packed_product(&alone, 50, Array(a[(row * 40)...]), 40, packed, nil, 1, 50, 40, 0, 2)
      #expect(alone == Array(together[(row * 50)..<(row * 50 + 50)]))
    }
  }

  /// `[m, k]` numbers, of which about `share` in a hundred are not zero; the first row is zero.
  private func rectified(_ m: Int, _ k: Int, _ share: Int) -> [Float] {
    let all = numbers(m * k, seed: UInt64(share + 2))
    let draws = numbers(m * k, in: 0...100, seed: 77)
    return all.indices.map { $0 < k || draws[$0] > Float(share) ? 0 : all[$0] }
  }

  @Test func zerosArePassedOver() {
    KernelTests.atEveryLevel { level in
      for (m, n, k) in [
        (1, 1, 1), (0, 5, 2), (3, 33, 7), (67, 31, 40), (130, 300, 17), (5, 129, 2049),
        (2, 64, 1024),
      ] {
        let w = sample([n, k], 2).scalars
        let panels = fl_packed_panels(Int64(n))
        var packed = [Float](repeating: .nan, count: Int(panels) * 32 * k)
        fl_pack_weight(&packed, w, Int64(n), Int64(k))
        for share in [0, 5, 30, 100] {
          let a = rectified(m, k, share)
          for bias in [nil, sample([n], 3).scalars] {
            let whole = written(m * n) {
              fl_packed_product(
                $0, Int64(n), a, Int64(k), packed, bias, Int64(m), Int64(n), Int64(k), 0, panels)
            }
            let sparse = written(m * n) {
              fl_sparse_product(
                $0, Int64(n), a, Int64(k), packed, bias, Int64(m), Int64(n), Int64(k))
            }
            #expect(sparse == whole, "\(m) x \(n) x \(k), \(share) %, at \(level)")
          }
        }
      }
    }
  }

  @Test func whatIsNotANumberIsNotZero() {
    KernelTests.atEveryLevel { level in
      var a = [Float](repeating: 0, count: 3 * 40)
      (a[3], a[40 + 39], a[81]) = (.nan, .infinity, -.infinity)
      let w = numbers(5 * 40, in: 1...2)
      var packed = [Float](repeating: 0, count: 32 * 40)
      fl_pack_weight(&packed, w, 5, 40)
      let c = written(15) { fl_sparse_product($0, 5, a, 40, packed, nil, 3, 5, 40) }
      #expect(c[..<5].allSatisfy { $0.isNaN }, "at \(level)")
      #expect(c[5..<10].allSatisfy { $0 == .infinity })
      #expect(c[10...].allSatisfy { $0 == -.infinity })
    }
  }

  @Test func aFewRowsTellWhetherMostIsZero() {
    KernelTests.atEveryLevel { level in
      for share in [0, 10, 30] {
        #expect(fl_mostly_zero(rectified(50, 700, share), 700, 50, 700), "\(share) % at \(level)")
      }
      #expect(!fl_mostly_zero(numbers(9 * 700), 700, 9, 700))
      #expect(!fl_mostly_zero(rectified(50, 700, 80), 700, 50, 700))
    }
  }
}
