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
}
