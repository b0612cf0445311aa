import FairlineTensor
import Testing

@Suite struct RecomputationTests {
  /// Two parts that share an input, with dropout in both; the gradients of all parameters and of
  /// the input.
  private func gradients(
    again: Bool
  ) throws -> (loss: Float, parts: [[Float]], held: Int) {
    let space = ParameterSpace(seed: 1)
    let layers = [
      Linear(space.part("a"), inputs: 48, outputs: 48),
      Linear(space.part("b"), inputs: 48, outputs: 48),
    ]
    let parameters = ParameterSet(space)
    parameters.prepareGradients()
    let pass = ForwardPass.training(RandomSource(seed: 3))
    let before = Engine.memoryInUse
    let tape = try #require(pass.tape)
    let x = tape.watch(sample([300, 48], 4))
    var states = x
    for layer in layers {
      states = pass.computed([states, x], again: again) { inputs, pass in
        let inner = layer(inputs[0], pass).droppedOut(pass.dropout(0.3))
        return layer(inner * inputs[1], pass).droppedOut(pass.dropout(0.2)) + inputs[0]
      }
    }
    let loss = states.sum()
    let held = Engine.memoryInUse - before
    tape.goBack(from: loss)
    return (
      loss.scalar,
      parameters.parameters.map { $0.gradient.scalars } + [
        try #require(tape.gradient(of: x)).scalars
      ],
      held
    )
  }

  @Test func feedForwardIsItsParts() throws {
    for (rows, channels, hidden) in [(5, 4, 7), (90, 64, 96), (41, 100, 70), (64, 300, 40)] {
      let space = ParameterSpace(seed: 2)
      let layer = FeedForward(
        space, channels: channels, hidden: hidden, activation: .relu, activationDropout: 0)
      let parameters = ParameterSet(space)
      let x = sample([rows, channels], 5)
      var results: [[[Float]]] = []
      for fused in [true, false] {
        parameters.prepareGradients()
        let pass = ForwardPass.training(RandomSource(seed: 1))
        let tape = try #require(pass.tape)
        let input = tape.watch(x)
        let output: Tensor
        if fused {
          output = layer(input, pass).value(pass)
        } else {
          let inner = layer.first(input, pass).activated(by: .relu)
          output = layer.second(inner, pass)
        }
        tape.goBack(from: (output * output).sum())
        results.append(
          [output.scalars, try #require(tape.gradient(of: input)).scalars]
            + parameters.parameters.map { $0.gradient.scalars })
      }
      for (a, b) in zip(results[0], results[1]) {
        let most = b.map(abs).max() ?? 0
        #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 2e-5 * (1 + most) })
      }
    }
  }

  @Test func theBitsAreTheSame() throws {
    let (whole, again) = (try gradients(again: false), try gradients(again: true))
    #expect(whole.loss == again.loss)
    #expect(whole.parts == again.parts)
    #expect(whole.parts.allSatisfy { $0.contains { $0 != 0 } })
  }
}
