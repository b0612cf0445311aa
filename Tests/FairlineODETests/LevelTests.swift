import CFairlineKernels
import FairlineFoundation
import FairlineODE
import FairlineTensor
import Testing

/// Solves of tensors give the same bits on every CPU with fused multiply-add: at x86-64-v3 and at
/// x86-64-v4.
///
/// The levels of this CPU are held against each other and against a hash where one is recorded.
@Suite struct LevelTests {
  static let solves: [(method: String, stepping: Stepping, recorded: String?)] = [
    ("dopri5", .automatic, "1961f8d8daf9e549"), ("tsit5", .perSequence, "c95270720fce0952"),
    ("dopri8", .automatic, "e9a08d7fec352ece"),
    ("rk4", .count(7), "9de302533865a934"), ("adams", .automatic, "120607d724395978"),
  ]

  /// A network of two layers over sequences of several lengths: products large and small, sums of
  /// many lengths.
  private static func field() -> (field: TensorField, start: TensorState) {
    let (channels, hidden) = (52, 70)
    func numbers(_ shape: [Int], _ seed: Int) -> Tensor {
      let count = shape.reduce(1, *)
      // A linear congruence: the same numbers everywhere.
      return Tensor(
        (0..<count).map { Float(($0 &* 7919 &+ seed) % 1009) / 1009 - 0.5 }, shape: Shape(shape))
    }
    let segments = Segments(lengths: [3, 17, 1, 40, 9])
    let start = TensorState(numbers([segments.tokenCount, channels], 1), segments: segments)
    let inputs = [
      numbers([hidden, channels], 2), numbers([hidden], 3), numbers([channels, hidden], 4),
    ]
    let field = TensorField(inputs: inputs) { _, y, inputs, _ in
      y.linear(weight: inputs[0], bias: inputs[1]).tanh().linear(weight: inputs[2])
    }
    return (field, start)
  }

  private static func hash(_ numbers: [Float]) -> String {
    numbers.withUnsafeBytes { String(XXH64.hash($0), radix: 16) }
  }

  @Test(arguments: solves.map(\.method)) func solvesAreTheSame(_ method: String) throws {
    let wanted = try #require(Self.solves.first { $0.method == method })
    let levels = ([1, 2] as [Int32]).filter { $0 <= fl_cpu_best_level() }
    if levels.count + (wanted.recorded == nil ? 0 : 1) < 2 {
      try Test.cancel("this CPU has \(levels.count) of 2 levels: nothing to agree with")
    }
    let before = fl_cpu_level()
    // The level is that of this thread only.
    Parallel.setSerial(true)
    defer {
      Parallel.setSerial(false)
      fl_cpu_use_level(before)
    }
    let found = try levels.map { level in
      #expect(fl_cpu_use_level(level) == level)
      return try Self.hash(Self.numbers(method, wanted.stepping))
    }
    #expect(Set(found).count == 1, "\(method) gives \(found) at levels \(levels)")
    if let recorded = wanted.recorded {
      #expect(found == levels.map { _ in recorded }, "\(method)")
    }
    print("\(method): \(found)")
  }

  /// What a solve gives: states, and gradients of the start and of all weights.
  private static func numbers(_ method: String, _ stepping: Stepping) throws -> [Float] {
    let (field, start) = field()
    var options = SolveOptions<TensorState>(relative: 1e-4, absolute: 1e-4)
    options.stepping = stepping
    let solver = try JSON(["method": method]).solver()
    let result = try solve(
      field, from: start, over: [0, 0.4, 1], with: solver, options: options, gradient: .replay())
    let gradients = try result.gradients(of: Array(repeating: start, count: 3))
    let tensors =
      result.solution.states.map(\.tensor) + [gradients.initialState.tensor]
      + gradients.inputs.map(\.tensor)
    let numbers = tensors.flatMap(\.scalars)
    #expect(numbers.allSatisfy(\.isFinite) && numbers.count > 3 * start.tensor.count)
    return numbers
  }
}
