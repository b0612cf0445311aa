import Fairline
import FairlineODE
import FairlineTensor

/// The field `W2 tanh(W1 y + b1) + b2`, with the time spent in it.
private final class TimedField {
  let parameters: ParameterSet
  let start: TensorState
  private let layers: (Linear, Linear)
  private(set) var calls = 0
  private(set) var seconds = 0.0

  init(width: Int, rows: Int) {
    let space = ParameterSpace(seed: 1)
    layers = (
      Linear(space.part("first"), inputs: width, outputs: width),
      Linear(space.part("second"), inputs: width, outputs: width)
    )
    parameters = ParameterSet(space)
    start = TensorState(.normal([rows, width], key: 1, stream: 1))
  }

  func clear() { (calls, seconds) = (0, 0) }

  var field: TensorField {
    TensorField { [self] _, y, _, context in
      let began = ContinuousClock.now
      let inner = layers.0.branch(y, context.pass)
      let hidden: Tensor
      if let bias = inner.bias {
        hidden = inner.product.activated(
          by: .tanh, bias: context.pass.value(of: bias), mask: nil)
      } else {
        hidden = inner.product.tanh()
      }
      let result = layers.1(hidden, context.pass)
      seconds += Timing.seconds(since: began)
      calls += 1
      return result
    }
  }
}

/// What solvers cost besides the field, and exact gradients: 1024 rows of 256 channels, dopri5 over
/// `[0, 1]` at 1e-3.
func measureSolves(_ settings: BenchmarkSettings) throws {
  let timed = TimedField(width: 256, rows: 1024)
  let field = timed.field
  let start = timed.start
  let options = SolveOptions<TensorState>(relative: 1e-3, absolute: 1e-3)
  let seed = TensorState(Tensor(repeating: 1 / Float(start.count), shape: start.shape))
  var slope = start.zeros()
  func bare() { field.evaluate(at: FieldTime(0), start, into: &slope) }
  func bareProduct() {
    timed.parameters.prepareGradients()
    var derivative = start.zeros()
    let residual = field.evaluateForPullback(at: FieldTime(0), start, into: &derivative)
    var gradient = FieldGradient(state: start.zeros())
    field.pullback(seed, at: FieldTime(0), start, residual: residual, into: &gradient)
  }
  // Field and solves by turns, so that both see the same machine.
  var (bareTimes, productTimes, times, shares): ([Double], [Double], [Double], [Double]) = (
    [], [], [], []
  )
  for _ in 0...settings.repeats {
    for _ in 0..<10 { bareTimes.append(Timing.time(bare)) }
    for _ in 0..<3 { productTimes.append(Timing.time(bareProduct)) }
    timed.clear()
    let time = try Timing.time {
      _ = try solve(field, from: start, over: [0, 1], options: options)
    }
    times.append(time)
    shares.append(1 - timed.seconds / time)
  }
  let (f, calls) = (Timing.median(bareTimes), timed.calls)
  let total = Timing.median(times)
  print(
    "ode field alone \(short(f * 1e3)) ms, with its product "
      + "\(short(Timing.median(productTimes) * 1e3)) ms")
  print(
    "ode forward: \(calls) evaluations, \(short(total * 1e3)) ms, outside the field "
      + "\(short(100 * (1 - Double(calls) * f / total))) % by the field alone, "
      + "\(short(100 * Timing.median(shares))) % by the clock")
  var line = JSONObject()
  line["forward_ms"] = .number(total * 1e3)
  line["outside_share"] = .number(Timing.median(shares))
  for (name, mode) in [("replay", GradientMode.replay()), ("backpropagation", .backpropagation)] {
    timed.clear()
    var evaluations = (0, 0)
    let time = try settings.median {
      timed.parameters.prepareGradients()
      let result = try solve(field, from: start, over: [0, 1], options: options, gradient: mode)
      let gradients = try result.gradients(of: [nil, seed])
      evaluations = (result.solution.statistics.evaluations, gradients.statistics.pullbacks)
    }
    print(
      "ode forward and exact gradient, \(name): \(evaluations.0) evaluations, "
        + "\(evaluations.1) products, \(short(time * 1e3)) ms")
    line[name + "_ms"] = .number(time * 1e3)
  }
  line["evaluations"] = .integer(calls)
  line["peak_bytes"] = .integer(OwnProcess.peakBytes)
  if settings.json { print(JSONValue.object(line).compactText) }
}
