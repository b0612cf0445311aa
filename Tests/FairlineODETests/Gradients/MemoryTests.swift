import FairlineODE
import FairlineTensor
import Testing

/// What solves of tensors record is freed with them, also where nobody goes back over it.
@Suite struct MemoryTests {
  /// Counts the recorded evaluations that are still kept.
  private final class Counter {
    var alive = 0
  }

  private final class Marker {
    private let counter: Counter

    init(_ counter: Counter) {
      self.counter = counter
      counter.alive += 1
    }

    deinit { counter.alive -= 1 }
  }

  /// The field `-y`, whose every recorded evaluation keeps a marker.
  private func field(_ counter: Counter) -> TensorField {
    TensorField { _, state, _, context in
      guard let tape = context.pass.tape else { return state * -1 }
      let marker = Marker(counter)
      return tape.operation(outputs: [state.detached * -1], inputs: [state]) { gradients in
        withExtendedLifetime(marker) { [gradients[0].map { $0 * -1 }] }
      }[0] * 1
    }
  }

  @Test(arguments: [true, false], ["replay", "backpropagation", "adjoint"])
  func recordsAreFreed(asksForGradient: Bool, mode: String) throws {
    let modes: [String: GradientMode] = [
      "replay": .replay(checkpoints: .max), "backpropagation": .backpropagation,
      "adjoint": .continuousAdjoint(AdjointOptions()),
    ]
    let counter = Counter()
    try {
      let start = TensorState(Tensor.ones([3, 2]))
      let result = try solve(
        field(counter), from: start, over: [0, 1], with: RungeKutta.dopri5,
        options: SolveOptions(relative: 1e-3, absolute: 1e-3),
        gradient: try #require(modes[mode]))
      if mode == "backpropagation" { #expect(counter.alive > 0) }
      if asksForGradient {
        let back = try result.gradients(of: [nil, start])
        #expect(abs(Double(back.initialState.tensor.scalars[0]) - 0.36788) < 1e-2)
      }
    }()
    #expect(counter.alive == 0)
  }

  @Test func aDiscardedTapeIsFreed() {
    weak var tape: Tape?
    do {
      let own = Tape()
      tape = own
      _ = own.watch(Tensor.ones([4])) * 2 + 1
      own.discard()
    }
    #expect(tape == nil)
  }
}
