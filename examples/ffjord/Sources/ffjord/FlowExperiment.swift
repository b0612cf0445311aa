import ExampleSupport
import Fairline
import FairlineTensor
import Foundation

/// Trains a flow on a density by maximum likelihood, and measures what it has learned.
final class FlowExperiment {
  private let density: Density
  private let trace: Trace
  private let flow: Flow
  private let updates: Int
  private let batch: Int
  private let cells: Int
  private let side = 4.2
  private var random: RandomSource
  private let test: Tensor
  private var summary = ""

  init(
    _ density: Density, _ trace: Trace, updates: Int, batch: Int, seed: UInt64, isQuick: Bool
  ) {
    self.density = density
    self.trace = trace
    self.updates = updates
    self.batch = batch
    flow = Flow(hidden: 64, seed: seed)
    random = RandomSource(seed: seed)
    test = density.draw(isQuick ? 500 : 5000, &random)
    cells = isQuick ? 50 : 140
  }

  func run() throws {
    report(
      "A continuous normalizing flow of \(flow.parameters.count) parameters learns "
        + "\(density.rawValue), trace: \(trace.rawValue).")
    report("update    nats  evaluations  products back")
    try train()
    let normal = NormalFit(density.draw(20_000, &random)).nats(test)
    let learned = -Double(try flow.logDensities(test).mean().scalar)
    summary = "\(digits(learned, 3)) nats on new points; normal distribution \(digits(normal, 3))"
    report("new points: flow \(digits(learned, 3)) nats, normal distribution \(digits(normal, 3))")
    if let truth = trueNats() { report("new points: true density \(digits(truth, 3)) nats") }
    let integral = try grid().flatMap { $0 }.reduce(0, +) * pow(2 * side / Double(cells), 2)
    report("integral of the learned density over the picture: \(digits(integral, 4))")
  }

  private func train() throws {
    let optimizer = try Adam(Adam.Settings(), flow.parameters)
    var sum = 0.0
    let window = max(updates / 20, 1)
    for update in 1...updates {
      flow.parameters.prepareGradients()
      let (nats, evaluations, pullbacks) = try flow.learn(
        density.draw(batch, &random), trace, &random)
      let rate = 0.005 * (0.02 + cos(.pi * Double(update) / Double(2 * updates)))
      optimizer.update(rate: rate, gradientScale: 1)
      sum += nats
      guard update % window == 0 else { continue }
      report(
        String(
          format: "%6d  %6.3f  %11d  %13d", update, sum / Double(window), evaluations, pullbacks))
      sum = 0
    }
  }

  private func trueNats() -> Double? {
    let numbers = test.scalars.map { Double($0) }
    var sum = 0.0
    for place in stride(from: 0, to: numbers.count, by: 2) {
      guard let value = density.logDensity(numbers[place], numbers[place + 1]) else { return nil }
      sum -= value
    }
    return sum / Double(numbers.count / 2)
  }

  /// The learned density in the middle of each cell, rows from the bottom.
  private func grid() throws -> [[Double]] {
    let step = 2 * side / Double(cells)
    let places = (0..<cells * cells).flatMap { index -> [Float] in
      [
        Float((Double(index % cells) + 0.5) * step - side),
        Float((Double(index / cells) + 0.5) * step - side),
      ]
    }
    let values = try flow.logDensities(Tensor(places, shape: [cells * cells, 2])).scalars
    return (0..<cells).map { row in values[row * cells..<(row + 1) * cells].map { exp(Double($0)) }
    }
  }

  func figure() throws -> Figure {
    var figure = Figure(
      title: "A continuous normalizing flow learns \(density.title)",
      subtitle: "FFJORD with \(trace.title), \(updates) updates of \(batch) points: \(summary)",
      columns: 4)
    figure.add(points("Data", density.draw(3000, &random), .orange))
    figure.add(try learned())
    let start = Tensor.normal([3000, 2], key: random.key, stream: random.stream())
    figure.add(points("Samples of the flow", try flow.trajectories(start, times: 2)[1], .blue))
    figure.add(try paths())
    return figure
  }

  private func panel(_ title: String) -> Panel {
    Panel(
      title: title, x: -side...side, y: -side...side, xName: "x\u{2081}", yName: "x\u{2082}",
      width: 330, height: 330)
  }

  private func places(_ points: Tensor) -> [Point] {
    let width = points.shape[1]
    let numbers = points.scalars.map { Double($0) }
    return stride(from: 0, to: numbers.count, by: width).map { (numbers[$0], numbers[$0 + 1]) }
  }

  private func points(_ title: String, _ points: Tensor, _ color: Color) -> Panel {
    var panel = panel(title)
    panel.dots(places(points), color, radius: 1.2, opacity: 0.55)
    return panel
  }

  private func learned() throws -> Panel {
    var panel = panel("Learned density")
    let values = try grid()
    let most = values.flatMap { $0 }.max() ?? 1
    // The root makes thin parts visible.
    panel.heat(values.map { row in row.map { ColorScale.density(($0 / most).squareRoot()) } })
    return panel
  }

  /// Trajectories from the normal distribution to the data.
  private func paths() throws -> Panel {
    var panel = panel("Ways from noise to data")
    let start = Tensor.normal([180, 2], key: random.key, stream: random.stream())
    let states = try flow.trajectories(start, times: 40).map(places)
    for index in states[0].indices {
      panel.line(states.map { $0[index] }, .gray, width: 0.8, opacity: 0.55)
    }
    panel.dots(states[0], .orange, radius: 1.8, opacity: 0.9)
    panel.dots(states[states.count - 1], .blue, radius: 2.4, isOutlined: true)
    panel.explain("time 0: noise", .orange)
    panel.explain("time 1: sample", .blue)
    return panel
  }
}

extension Density {
  var title: String {
    switch self {
    case .moons: "two moons"
    case .pinwheel: "a pinwheel"
    case .gaussians: "eight Gaussians"
    }
  }
}

extension Trace {
  var title: String {
    switch self {
    case .exact: "the exact trace"
    case .hutchinson: "Hutchinson's trace, normal noise"
    case .rademacher: "Hutchinson's trace, random signs"
    }
  }
}
