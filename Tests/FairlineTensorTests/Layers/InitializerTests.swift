import FairlineTensor
import Testing

/// What parameters begin with.
@Suite struct InitializerTests {
  private func values(_ shape: Shape, _ initializer: Initializer) -> [Float] {
    ParameterSpace(seed: 3).parameter("a", shape, initializer).value.scalars
  }

  @Test(arguments: [Initializer.normal(deviation: 1, zeroRow: 1), .uniform(bound: 1, zeroRow: 1)])
  func aRowIsZero(_ initializer: Initializer) {
    let scalars = values([3, 5], initializer)
    #expect(scalars[5..<10].allSatisfy { $0 == 0 })
    #expect((scalars[..<5] + scalars[10...]).allSatisfy { $0 != 0 })
  }

  /// A table without that row keeps all its numbers, and memory behind it stays as it is.
  @Test(arguments: [
    (Initializer.normal(deviation: 1, zeroRow: 1), Initializer.normal(deviation: 1)),
    (.uniform(bound: 1, zeroRow: 1), .uniform(bound: 1)),
  ])
  func aTableMayLackTheRow(_ initializer: Initializer, _ other: Initializer) {
    #expect(values([1, 1 << 22], initializer) == values([1, 1 << 22], other))
  }
}
