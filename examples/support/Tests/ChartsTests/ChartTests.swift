import Charts
import Testing

/// Axes and labels of charts.
@Suite struct ChartTests {
  @Test(arguments: [
    [0.3, 0.7], [5, 5], [-3, 8], [1e-3, 2e3], [9.99, 10.01], [0], [], [0.1, 0.25, 0.17],
  ])
  func axesHoldTheirValues(_ values: [Double]) {
    for isLogarithmic in [false, true] {
      for includesZero in [false, true] {
        let axis = Axis(values, isLogarithmic: isLogarithmic, includesZero: includesZero)
        let shown = values.filter { !isLogarithmic || $0 > 0 }
        #expect(shown.allSatisfy(axis.range.contains))
        #expect(axis.marks.count >= 2 && axis.marks.count <= 14, "\(values) \(axis.marks)")
        #expect(axis.marks == axis.marks.sorted())
        let places = axis.marks.map(axis.place)
        #expect(places.allSatisfy { (0...1).contains($0) })
        #expect(Set(axis.marks.map(axis.label)).count == axis.marks.count)
        if includesZero, !isLogarithmic { #expect(axis.range.contains(0)) }
      }
    }
  }

  @Test func equalFactorsAreEquallyFarApart() {
    let axis = Axis([1, 1000], isLogarithmic: true)
    let steps = [1.0, 10, 100].map { axis.place(10 * $0) - axis.place($0) }
    #expect(abs(steps[0] - steps[1]) < 1e-9 && abs(steps[1] - steps[2]) < 1e-9)
  }

  @Test func labelsKeepTheirDistanceAndOrder() {
    var state: UInt64 = 7
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(1 << 31)
    }
    for count in 1...12 {
      let wished = (0..<count).map { _ in 200 * random() }
      let places = LabelColumn.places(wished, distance: 15, within: 0...200)
      let order = wished.indices.sorted { wished[$0] < wished[$1] }
      for (above, below) in zip(order, order.dropFirst()) {
        #expect(places[below] - places[above] > 15 - 1e-6)
      }
      #expect(places.allSatisfy { (-1e-6...200 + 1e-6).contains($0) })
    }
    #expect(LabelColumn.places([10, 90], distance: 15, within: 0...200) == [10, 90])
  }
}
