import ExampleSupport
import Fairline
import FairlineODE
import FairlineTensor
import Foundation

/// Fits a neural ODE to short windows of a spiral, and compares its trajectory from the start with
/// the true one.
final class SpiralExperiment {
  private let spiral: Spiral
  private let model: SpiralField
  private let updates: Int
  private let windowLength = 10
  private let batch = 40
  private var random: RandomSource
  private var curve: [Point] = []

  init(updates: Int, seed: UInt64) throws {
    spiral = try Spiral()
    model = SpiralField(seed: seed)
    random = RandomSource(seed: seed)
    self.updates = updates
  }

  func run() throws {
    report("A neural ODE of \(model.parameters.count) parameters learns a spiral.")
    report("update  window loss  trajectory error  evaluations")
    let optimizer = try Adam(Adam.Settings(), model.parameters)
    for update in 1...updates {
      let (loss, evaluations) = try learn()
      // A rate that falls to nothing lets the trajectory settle.
      let rate = 0.005 * (1 + cos(.pi * Double(update) / Double(updates))) / 2
      optimizer.update(rate: rate, gradientScale: 1)
      if update % max(updates / 15, 1) == 0 {
        let error = try trajectoryError()
        curve.append((Double(update), error))
        report(
          String(
            format: "%6d  %11.5f  %16.4f  %11d", update, loss, error, evaluations))
      }
    }
  }

  /// One forward solve over the windows, and one back.
  ///
  /// - Returns: the mean distance of a coordinate, and the evaluations of the forward solve.
  private func learn() throws -> (loss: Double, evaluations: Int) {
    let windows = spiral.windows(batch, length: windowLength, &random)
    let times = Array(spiral.times.prefix(windowLength))
    model.parameters.prepareGradients()
    let result = try solve(
      model.field, from: TensorState(windows[0]), over: times,
      options: SolveOptions(relative: 1e-4, absolute: 1e-5), gradient: .backpropagation)
    // The loss is a function of the states: its gradient by each of them starts the way back.
    let tape = Tape()
    let states = result.solution.states.map { tape.watch($0.tensor) }
    var loss = Tensor(0)
    for (state, target) in zip(states, windows).dropFirst() {
      loss = loss + (state - target).magnitude().mean() / Float(windowLength - 1)
    }
    tape.goBack(from: loss)
    _ = try result.gradients(of: states.map { tape.gradient(of: $0).map { TensorState($0) } })
    return (Double(loss.scalar), result.solution.statistics.evaluations)
  }

  /// The learned trajectory from the true start.
  private func trajectory(over times: [Double]) throws -> [[Double]] {
    let start = Tensor(Spiral.start.map { Float($0) }, shape: [1, 2])
    return try solve(
      model.field, from: TensorState(start), over: times,
      options: SolveOptions(relative: 1e-5, absolute: 1e-6)
    ).states.map { $0.tensor.scalars.map { Double($0) } }
  }

  /// The mean distance of a coordinate over the whole time.
  private func trajectoryError() throws -> Double {
    let learned = try trajectory(over: spiral.times)
    let sum = zip(learned, spiral.states).reduce(0) {
      $0 + abs($1.0[0] - $1.1[0]) + abs($1.0[1] - $1.1[1])
    }
    return sum / Double(2 * learned.count)
  }

  func figure() throws -> Figure {
    let fine = (0...4000).map { 25 * Double($0) / 4000 }
    let learned = try trajectory(over: fine)
    var figure = Figure(
      title: "A neural ODE learns a spiral",
      subtitle:
        "dy/dt = network(y\u{B3}), 2\u{2013}50\u{2013}2 with tanh, trained for \(updates) updates "
        + "on "
        + "windows of \(windowLength) points, followed from (2, 0) for 25 units of time",
      columns: 3)
    figure.add(try plane(learned))
    figure.add(components(learned, fine))
    figure.add(errors())
    return figure
  }

  private func plane(_ learned: [[Double]]) throws -> Panel {
    var panel = Panel(
      title: "Trajectory and learned field", x: -2.3...2.3, y: -2.3...2.3, xName: "y\u{2081}",
      yName: "y\u{2082}")
    for (from, to) in try arrows() {
      panel.line([from, to], .gray, width: 0.9, opacity: 0.55)
      panel.dots([from], .gray, radius: 1.1, opacity: 0.55)
    }
    let truth = spiral.states.map { (x: $0[0], y: $0[1]) }
    panel.dots(
      stride(from: 0, to: truth.count, by: 5).map { truth[$0] }, .blue, radius: 2.6, opacity: 0.7)
    panel.line(learned.map { (x: $0[0], y: $0[1]) }, .orange, width: 1.8)
    panel.explain("true states", .blue)
    panel.explain("learned", .orange, isLine: true)
    return panel
  }

  private func components(_ learned: [[Double]], _ fine: [Double]) -> Panel {
    var panel = Panel(
      title: "Against time", x: 0...25, y: -2.3...2.9, xName: "time", yName: "state", width: 480)
    for (index, color) in [Color.blue, .green].enumerated() {
      func points(_ times: [Double], _ states: [[Double]]) -> [Point] {
        zip(times, states).map { (x: $0, y: $1[index]) }
      }
      panel.line(points(spiral.times, spiral.states), color, width: 5, opacity: 0.3)
      panel.line(points(fine, learned), color, width: 1.4)
    }
    panel.explain("y\u{2081} true (wide), learned", .blue, isLine: true)
    panel.explain("y\u{2082} true (wide), learned", .green, isLine: true)
    return panel
  }

  private func errors() -> Panel {
    let logs = curve.map { (x: $0.x, y: log10(max($0.y, 1e-6))) }
    let (low, high) = (logs.map(\.y).min() ?? 0, logs.map(\.y).max() ?? 1)
    var panel = Panel(
      title: "Error of the trajectory", x: 0...Double(updates),
      y: low.rounded(.down)...max(high.rounded(.up), low.rounded(.down) + 1), xName: "updates",
      yName: "log\u{2081}\u{2080} of the mean distance", width: 300)
    panel.line(logs, .orange, width: 2)
    panel.dots(logs, .orange, radius: 3.2, isOutlined: true)
    return panel
  }

  /// Short strokes along the learned field.
  private func arrows() throws -> [(Point, Point)] {
    let places = stride(from: -2.1, through: 2.11, by: 0.3).flatMap { y in
      stride(from: -2.1, through: 2.11, by: 0.3).map { (x: $0, y: y) }
    }
    let state = TensorState(
      Tensor(places.flatMap { [Float($0.x), Float($0.y)] }, shape: [places.count, 2]))
    var slopes = state.zeros()
    model.field.evaluate(at: FieldTime(0), state, into: &slopes)
    let numbers = slopes.tensor.scalars.map { Double($0) }
    return places.enumerated().map { index, place in
      let (dx, dy) = (numbers[2 * index], numbers[2 * index + 1])
      let size = (dx * dx + dy * dy).squareRoot()
      let length = size == 0 ? 0 : 0.22 * size / (size + 0.8) / size
      return (place, (x: place.x + length * dx, y: place.y + length * dy))
    }
  }
}
