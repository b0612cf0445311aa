import FairlineTensor
import Testing

@Suite struct RecomputationTests {
  /// Two parts that share an input, with dropout in both; the gradients of all parameters and of the input.
  private func gradients(again: Bool) -> (loss: Float, parts: [[Float]], held: Int) {
    let space = ParameterSpace(seed: 1)
    let layers = [
      Linear(space.part("a"), inputs: 48, outputs: 48),
      Linear(space.part("b"), inputs: 48, outputs: 48),
    ]
    let parameters = ParameterSet(space)
    parameters.prepareGradients()
    let pass = ForwardPass.training(RandomSource(seed: 3))
    let before = Engine.memoryInUse
    guard let tape = pass.tape else { return (0, [], 0) }
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
      parameters.parameters.map { $0.gradient.scalars } + [tape.gradient(of: x)?.scalars ?? []],
      held
    )
  }

  @Test func theBitsAreTheSame() {
    let (whole, again) = (gradients(again: false), gradients(again: true))
    #expect(whole.loss == again.loss)
    #expect(whole.parts == again.parts)
    #expect(whole.parts.allSatisfy { $0.contains { $0 != 0 } })
  }
}
