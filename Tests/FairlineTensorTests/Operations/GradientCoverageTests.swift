import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Every operation that records a way back is held against finite differences.
///
/// The operations are read from the sources; one without a check here fails.
@Suite struct GradientCoverageTests {
  /// Operations without a gradient, and where the gradient of what computes others is checked.
  static let others = [
    "logMeanExp": "for outputs of trained models",
    "applying": "activated, exp, log, ...", "combine": "+, -, *, /",
    "rowwise": "softmax, logSoftmax",
    "computed": "has the bits of the part that it computes again, as RecomputationTests say",
  ]

  static let checks: [String: @Sendable () -> String?] = [
    "+": { binary { $0 + $1 } }, "-": { binary { $0 - $1 } }, "*": { binary { $0 * $1 } },
    "/": { binary { $0 / $1 } },
    "exp": { unary { $0.exp() } }, "log": { unary { $0.log() } },
    "squareRoot": { unary { $0.squareRoot() } }, "squared": { unary { $0.squared() } },
    "magnitude": { unary { $0.magnitude() } }, "reciprocal": { unary { $0.reciprocal() } },
    "sin": { unary { $0.sin() } }, "cos": { unary { $0.cos() } },
    "tanh": { unary { $0.tanh() } }, "sigmoid": { unary { $0.sigmoid() } },
    "relu": { unary { ($0 - 1).relu() } }, "gelu": { unary { $0.gelu() } },
    "softmax": { unary { $0.softmax() } }, "logSoftmax": { unary { $0.logSoftmax() } },
    "sum": { unary { $0.sum() } ?? unary { $0.sum(along: 0) } },
    "mean": { unary { $0.mean() } ?? unary { $0.mean(along: 1) } },
    "maximum": {
      gradientMismatch(at: [sample([3, 7], 1)], step: 1e-3, tolerance: 2e-2) { $0[0].maximum() }
    },
    "reshaped": { unary { $0.reshaped(to: [5, 3]) * $0.reshaped(to: [5, 3]) } },
    "transposed": { unary { $0.transposed() } },
    "permuted": { unary { $0.permuted([1, 0]) } },
    "sliced": { unary { $0.sliced(1..<3, along: 1) } },
    "concatenated": { binary { Tensor.concatenated([$0, $1], along: 1) } },
    "rows": { unary { $0.rows(at: [2, 0, 2]) } },
    "scattered": { unary { $0.scattered(to: [4, 1, 1], count: 6) } },
    "elements": { unary { $0.elements(at: [0, 4, 2]) } },
    "activated": {
      unary { ($0 - 1.02).activated(by: .relu) }
        ?? gradientMismatch(at: [sample([3, 5], 1), sample([5], 2)]) {
          $0[0].activated(
            by: .gelu, bias: $0[1], mask: DropoutDraw(probability: 0.3, key: 1, stream: 2))
        }
    },
    "droppedOut": {
      unary { $0.droppedOut(DropoutDraw(probability: 0.3, key: 1, stream: 2)) }
    },
    "matrixProduct": {
      gradientMismatch(at: [sample([3, 4], 1), sample([4, 5], 2)]) { $0[0].matrixProduct($0[1]) }
    },
    "linear": {
      gradientMismatch(at: [sample([3, 4], 1), sample([5, 4], 2), sample([5], 3)]) {
        $0[0].linear(weight: $0[1], bias: $0[2])
      }
    },
    "memoryCell": {
      gradientMismatch(at: [sample([3, 8], 1), sample([3, 2], 2)]) {
        let next = Tensor.memoryCell(gates: $0[0] * 2, cell: $0[1])
        return Tensor.concatenated([next.hidden, next.cell], along: 1)
      }
    },
    "simpleRecurrence": {
      // Sequences of several lengths, one of them empty; gates and cells of both signs.
      gradientMismatch(at: [sample([7, 6], 1), sample([3], 2)], step: 2e-3) {
        Tensor.simpleRecurrence(
          maps: $0[0] * 2, bias: $0[1], segments: Segments(lengths: [2, 0, 4, 1]))
      }
    },
    "recurrence": { recurrence(isReversed: false) ?? recurrence(isReversed: true) },
    "attentionProbabilities": {
      let shape = AttentionShape(
        querySegments: Segments(lengths: [2, 0, 3]), keySegments: Segments(lengths: [3, 1, 2]),
        heads: 3, headDimension: 2)
      return gradientMismatch(at: [sample([5, 7], 1), sample([6, 14], 2)]) {
        Tensor.attentionProbabilities(
          query: StateColumns($0[0] * 2, from: 1), key: StateColumns($0[1], from: 2), shape: shape,
          heads: 2)
      }
    },
    "rectifiedLinear": {
      feedForward(rows: 3, channels: 4, hidden: 6)
        // Large enough for blocks, whose products cut the gradient by themselves.
        ?? feedForward(rows: 64, channels: 48, hidden: 96)
    },
    "layerNormalized": {
      gradientMismatch(
        at: [sample([4, 6], 1) * 2, sample([6], 2) + 1.5, sample([6], 3)], step: 3e-3,
        tolerance: 2e-2
      ) { $0[0].layerNormalized(scale: $0[1], shift: $0[2]) }
    },
    "addedAndNormalized": {
      gradientMismatch(
        at: [
          sample([4, 6], 1), sample([6], 2), sample([4, 6], 3), sample([6], 4) + 1.5,
          sample([6], 5),
        ], step: 3e-3, tolerance: 2e-2
      ) {
        $0[0].addedAndNormalized(
          bias: $0[1], residual: $0[2], scale: $0[3], shift: $0[4], mask: nil)
      }
    },
    "added": {
      gradientMismatch(at: [sample([4, 6], 1), sample([6], 2), sample([4, 6], 3)]) {
        $0[0].added(
          bias: $0[1], residual: $0[2], mask: DropoutDraw(probability: 0.3, key: 1, stream: 2))
      }
    },
    "embedding": {
      gradientMismatch(at: [sample([4, 5], 1), sample([3, 5], 2)]) {
        $0[0].embedding(of: [2, 0, 2, 3], scale: 2, positions: $0[1], places: [1, 2, 1, 0])
      }
    },
    "crossEntropy": {
      gradientMismatch(at: [sample([5, 7], 1) * 2]) {
        $0[0].crossEntropy(targets: [2, 0, -1, 6, 3], smoothing: 0.1).loss
      }
    },
    "projectedCrossEntropy": {
      gradientMismatch(at: [sample([5, 4], 2), sample([7, 4], 3)]) {
        $0[0].projectedCrossEntropy(weight: $0[1], targets: [2, 0, -1, 6, 3], smoothing: 0.1).loss
      }
    },
    "attention": {
      let shape = AttentionShape(
        querySegments: Segments(lengths: [2, 3]), keySegments: Segments(lengths: [2, 3]), heads: 2,
        headDimension: 3, isCausal: true)
      return gradientMismatch(at: [sample([5, 18])]) {
        Tensor.attention(
          query: StateColumns($0[0]), key: StateColumns($0[0], from: 6),
          value: StateColumns($0[0], from: 12), shape: shape)
      }
    },
  ]

  /// Numbers above 1, where every function of one number is smooth.
  private static func unary(_ body: (Tensor) -> Tensor) -> String? {
    gradientMismatch(at: [sample([3, 5]) * 0.4 + 1.5]) { body($0[0]) }
  }

  private static func binary(_ body: (Tensor, Tensor) -> Tensor) -> String? {
    // The second is repeated over the rows of the first, or has its shape.
    gradientMismatch(at: [sample([3, 5], 1), sample([3, 5], 2) + 2]) { body($0[0], $0[1]) }
  }

  /// A rectified linear map and the one behind it, along directions in the input and all weights.
  ///
  /// The step is short, so that few units cross their corner.
  private static func feedForward(rows: Int, channels: Int, hidden: Int) -> String? {
    let layer = FeedForward(
      ParameterSpace(seed: 2), channels: channels, hidden: hidden, activation: .relu,
      activationDropout: 0)
    guard let bias = layer.first.bias else { return "the first map has no bias" }
    let inputs = [
      sample([rows, channels], 1), sample(layer.first.weight.shape, 2), sample(bias.shape, 3),
      sample(layer.second.weight.shape, 4),
    ]
    let directions = inputs.enumerated().map { sample($1.shape, UInt64(10 + $0)) }
    func output(_ inputs: [Tensor]) -> Tensor {
      let pass = ForwardPass(isTraining: true, tape: nil, random: RandomSource(seed: 1))
      pass.substitute(inputs[1], for: layer.first.weight)
      pass.substitute(inputs[2], for: bias)
      pass.substitute(inputs[3], for: layer.second.weight)
      return layer(inputs[0], pass).product
    }
    return gradientMismatch(at: [Tensor([0, 0, 0, 0])], step: 2e-4, tolerance: 2e-2) { factors in
      let moved = inputs.indices.map { index in
        inputs[index] + directions[index] * factors[0].sliced(index..<(index + 1))
      }
      return output(moved).squared().mean()
    }
  }

  /// A recurrent layer over sequences of several lengths, one of them empty.
  private static func recurrence(isReversed: Bool) -> String? {
    let order = StepOrder(Segments(lengths: [2, 0, 4, 1]), isReversed: isReversed)
    return gradientMismatch(at: [sample([7, 12], 1), sample([12, 3], 2)]) {
      let result = Tensor.recurrence(gates: $0[0], weight: $0[1], order: order)
      return Tensor.concatenated([result.states, result.hidden, result.cell])
    }
  }

  /// The names of functions that record on the tape, and of public ones that return tensors.
  static func operations() throws -> Set<String> {
    let sources = FixtureFolder(
      FixtureFolder.package().appendingPathComponent("Sources/Fairline.Tensor"))
    var names: Set<String> = []
    for path in sources.paths where path.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.url.appendingPathComponent(path), encoding: .utf8)
      if path.hasPrefix("Operations/") {
        let declared = /public (?:static )?func ([^\s(]+) ?\([^{]*?\) -> (?:Tensor|CrossEntropy) \{/
        names.formUnion(text.matches(of: declared).map { String($0.1) })
      }
      var name = ""
      for line in text.split(separator: "\n") where !line.contains("///") {
        if let match = line.firstMatch(of: /func ([^\s(]+) ?[(<]/) { name = String(match.1) }
        if line.contains("tape.record(") { names.insert(name) }
      }
    }
    return names
  }

  @Test func everyOperationHasACheck() throws {
    let names = try Self.operations()
    #expect(names.count > 30, "the sources are not read: \(names)")
    #expect(names.subtracting(Self.checks.keys).subtracting(Self.others.keys) == [])
    let known = Set(Self.checks.keys).union(Self.others.keys)
    #expect(known.subtracting(names) == [], "checks of what is no operation")
  }

  /// Where operations of other modules are checked.
  static let elsewhere = [
    "gradientScaled": "GradientScaleTests of FairlineModels, by finite differences",
    "differentiate": "GradientTests of FairlineNodeTransformer, by finite differences",
  ]

  /// Other modules make operations of the tape's, and few of their own.
  @Test func operationsOfOtherModulesAreKnown() throws {
    let sources = FixtureFolder(FixtureFolder.package().appendingPathComponent("Sources"))
    var names: Set<String> = []
    for path in sources.paths where path.hasSuffix(".swift") && !path.hasPrefix("Fairline.Tensor") {
      let text = try String(contentsOf: sources.url.appendingPathComponent(path), encoding: .utf8)
      var name = ""
      for line in text.split(separator: "\n") where !line.contains("///") {
        if let match = line.firstMatch(of: /func ([^\s(]+) ?[(<]/) { name = String(match.1) }
        if line.contains("tape.operation(") || line.contains("tape.record(") { names.insert(name) }
      }
    }
    #expect(names == Set(Self.elsewhere.keys))
  }

  @Test(arguments: checks.keys.sorted()) func gradientsAreSlopes(_ name: String) throws {
    let check = try #require(Self.checks[name])
    #expect(check() == nil)
  }
}
