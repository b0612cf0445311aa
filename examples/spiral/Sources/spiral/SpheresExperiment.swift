import ExampleSupport
import Fairline
import FairlineTensor
import Foundation

/// Trains a plain and an augmented neural ODE to tell a disc from the ring around it.
///
/// The flow of a plain one is a continuous deformation of the plane, so the image of the ring goes
/// on surrounding that of the disc, and no line separates them. One more coordinate lets the disc
/// rise out of the ring.
final class SpheresExperiment {
  private let plain: SpheresModel
  private let augmented: SpheresModel
  private let training: Spheres
  private let test: Spheres
  private let updates: Int
  private let batch = 200
  private var shares: [Double] = [0, 0]

  init(updates: Int, seed: UInt64) {
    var random = RandomSource(seed: seed)
    training = Spheres(2000, &random)
    test = Spheres(4000, &random)
    plain = SpheresModel(channels: 2, seed: seed)
    augmented = SpheresModel(channels: 3, seed: seed)
    self.updates = updates
  }

  func run() throws {
    for (index, model) in [plain, augmented].enumerated() {
      let name = index == 0 ? "A plain neural ODE" : "An augmented neural ODE, one more channel,"
      report("\(name) separates a disc from the ring around it.")
      try train(model)
      shares[index] = try accuracy(model)
      report("right answers on new points: \(digits(100 * shares[index], 2)) %")
    }
    report(
      "Plain \(digits(100 * shares[0], 2)) %, augmented \(digits(100 * shares[1], 2)) %.")
  }

  private func train(_ model: SpheresModel) throws {
    report("update    loss  right answers  evaluations")
    let optimizer = try Adam(Adam.Settings(), model.parameters)
    for update in 1...updates {
      let first = (update - 1) * batch % training.points.count
      let places = first..<first + batch
      let (loss, accuracy, evaluations) = try model.learn(
        training.points[places], Array(training.classes[places]))
      let rate = 0.005 * (1 + cos(.pi * Double(update) / Double(updates))) / 2
      optimizer.update(rate: rate, gradientScale: 1)
      if update % max(updates / 6, 1) == 0 {
        report(
          String(
            format: "%6d  %6.4f  %11.1f %%  %11d", update, loss, 100 * accuracy, evaluations))
      }
    }
  }

  private func accuracy(_ model: SpheresModel) throws -> Double {
    let answers = try model.probabilities(test.points)
    let right = zip(answers, test.classes).count { ($0 > 0.5) == ($1 == 1) }
    return Double(right) / Double(test.classes.count)
  }

  func figure() throws -> Figure {
    var figure = Figure(
      title: "What a plain neural ODE cannot do",
      subtitle: "A flow in the plane keeps the ring around the disc: a slit of wrong answers "
        + "remains. With one more coordinate the disc leaves the plane.",
      columns: 2)
    figure.add(try flow())
    figure.add(try augmentedFlow())
    figure.add(try answers(plain, "Plain", shares[0]))
    figure.add(try answers(augmented, "Augmented", shares[1]))
    return figure
  }

  /// Points on circles, so that the picture shows what becomes of them.
  private var marks: (points: [Point], classes: [Int]) {
    var points: [Point] = []
    var classes: [Int] = []
    for (radius, count) in [(0.1, 4), (0.27, 10), (0.44, 16), (1.06, 34), (1.25, 40), (1.44, 46)] {
      for index in 0..<count {
        let angle = 2 * Double.pi * (Double(index) + radius) / Double(count)
        points.append((radius * cos(angle), radius * sin(angle)))
        classes.append(radius < 1 ? 0 : 1)
      }
    }
    return (points, classes)
  }

  /// The trajectories of the marks, drawn in a projection.
  private func draw(
    _ model: SpheresModel, in panel: inout Panel, _ project: ([Double]) -> Point
  ) throws {
    let (points, classes) = marks
    let states = try model.trajectories(points, times: 40)
    for index in points.indices {
      let color = classes[index] == 0 ? Color.blue : .orange
      panel.line(states.map { project($0[index]) }, color, width: 0.9, opacity: 0.45)
    }
    for index in points.indices {
      let color = classes[index] == 0 ? Color.blue : .orange
      panel.dots([project(states[0][index])], color, radius: 1.5, opacity: 0.5)
      panel.dots([project(states[39][index])], color, radius: 3.4, isOutlined: true)
    }
    panel.explain("disc, where it ends", .blue)
    panel.explain("ring, where it ends", .orange)
  }

  private func flow() throws -> Panel {
    let ends =
      try plain.trajectories(marks.points, times: 2)[1] + marks.points.map { [$0.x, $0.y] }
    let (cx, cy, half) = frame(ends.map { ($0[0], $0[1]) })
    var panel = Panel(
      title: "Plain: trajectories in the plane", x: cx - half...cx + half,
      y: cy - half...cy + 1.3 * half, xName: "y\u{2081}", yName: "y\u{2082}", width: 440,
      height: 506)
    let (normal, offset) = plain.boundary
    if let line = crossing(normal, offset, cx, cy, half) {
      panel.line(line, .ink, width: 1.6, dashes: "6 4")
    }
    try draw(plain, in: &panel) { ($0[0], $0[1]) }
    panel.explain("the classifier's line", .ink, isLine: true)
    return panel
  }

  /// The middle of points, and half the side of a square around them.
  private func frame(_ points: [Point]) -> (Double, Double, Double) {
    let (xs, ys) = (points.map(\.x), points.map(\.y))
    let (x0, x1) = (xs.min() ?? -1, xs.max() ?? 1)
    let (y0, y1) = (ys.min() ?? -1, ys.max() ?? 1)
    return ((x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0) * 0.56)
  }

  /// Where a line goes through a square.
  private func crossing(
    _ normal: [Double], _ offset: Double, _ cx: Double, _ cy: Double, _ half: Double
  ) -> [Point]? {
    let square = normal[0] * normal[0] + normal[1] * normal[1]
    guard square > 0 else { return nil }
    let away = (normal[0] * cx + normal[1] * cy + offset) / square
    let foot = (x: cx - away * normal[0], y: cy - away * normal[1])
    let reach = 3 * half / square.squareRoot()
    return [-reach, reach].map { (foot.x - $0 * normal[1], foot.y + $0 * normal[0]) }
  }

  private func augmentedFlow() throws -> Panel {
    let ends = try augmented.trajectories(marks.points, times: 40).flatMap { $0 }
    let height = (ends.map { $0[2] }.max() ?? 1) - (ends.map { $0[2] }.min() ?? 0)
    // The extra coordinate is drawn shorter than it is.
    let view = View(turn: 0.5, tilt: 0.42, rise: min(1, 4 / max(height, 1e-6)))
    let shown = ends.map(view.callAsFunction) + View.circle(1.6).map { view($0 + [0]) }
    let (cx, cy, half) = frame(shown)
    var panel = Panel(
      title: "Augmented: in space, the third coordinate up",
      x: cx - half...cx + half,
      y: cy - half...cy + 1.3 * half, width: 440, height: 506)
    let floor = View.circle(1.6).map { view($0 + [0]) }
    panel.area(floor, .gray, opacity: 0.08)
    for radius in [Spheres.inner, Spheres.ring.lowerBound, Spheres.ring.upperBound] {
      panel.line(View.circle(radius).map { view($0 + [0]) }, .gray, width: 0.8, opacity: 0.7)
    }
    let heights = ends.map { $0[2] }
    let (low, high) = (min(heights.min() ?? 0, 0), max(heights.max() ?? 0, 0))
    panel.line([view([0, 0, low]), view([0, 0, high * 1.05])], .gray, width: 1.2, dashes: "2 3")
    try draw(augmented, in: &panel, view.callAsFunction)
    return panel
  }

  private func answers(_ model: SpheresModel, _ name: String, _ share: Double) throws -> Panel {
    let cells = 200
    let side = 1.75
    let places = (0..<cells * cells).map { index -> Point in
      let step = 2 * side / Double(cells)
      return (
        (Double(index % cells) + 0.5) * step - side, (Double(index / cells) + 0.5) * step - side
      )
    }
    let values = try model.probabilities(places)
    var panel = Panel(
      title: "\(name): answers, \(digits(100 * share, 2)) % right", x: -side...side,
      y: -side...side, xName: "x\u{2081}", yName: "x\u{2082}", width: 440, height: 440)
    panel.heat(
      (0..<cells).map { row in (0..<cells).map { ColorScale.choice(values[row * cells + $0]) } })
    let shown = zip(test.points, test.classes).prefix(700)
    for (kind, color) in [(Int32(0), Color.blue), (1, .orange)] {
      panel.dots(
        shown.filter { $0.1 == kind }.map { $0.0 }, color, radius: 2.1, isOutlined: true)
    }
    panel.explain("disc", .blue)
    panel.explain("ring", .orange)
    return panel
  }
}

/// A view of space from above and aside, without perspective.
struct View {
  let turn: Double
  let tilt: Double
  /// How long a unit of the third coordinate is drawn.
  let rise: Double

  func callAsFunction(_ point: [Double]) -> Point {
    let depth = sin(turn) * point[0] + cos(turn) * point[1]
    return (
      cos(turn) * point[0] - sin(turn) * point[1], sin(tilt) * depth + cos(tilt) * rise * point[2]
    )
  }

  /// A circle around the origin, closed.
  static func circle(_ radius: Double) -> [[Double]] {
    (0...72).map { [radius * cos(Double($0) * .pi / 36), radius * sin(Double($0) * .pi / 36)] }
  }
}
