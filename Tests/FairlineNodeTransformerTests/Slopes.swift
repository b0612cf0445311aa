import Fairline
import FairlineTensor

extension Samples {
  /// The derivative along a direction in the parameters whose names fit: by differences, and by the
  /// gradient.
  static func slopes(
    _ model: any Model, on batch: Batch = batch(), step: Double = 4e-3,
    of fits: (String) -> Bool = { _ in true }
  ) -> (difference: Double, gradient: Double) {
    let parameters = model.parameters
    let exact = loss(model, batch).gradients
    var direction = [Float](repeating: 0, count: exact.count)
    for entry in parameters.entries where fits(entry.name) {
      for index in entry.offset..<(entry.offset + entry.shape.count) {
        // Along the gradient, with every element present.
        let sign: Float = exact[index] == 0 ? 0 : exact[index] > 0 ? 1 : -1
        direction[index] = sign * (0.5 + Float(index * 7 % 11) / 10)
      }
    }
    let length = direction.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
    precondition(length > 0, "no parameter fits, or none has a gradient")
    let values = parameters.values.scalars
    func value(_ distance: Double) -> Double {
      for entry in parameters.entries {
        let range = entry.offset..<(entry.offset + entry.shape.count)
        let moved = range.map { values[$0] + Float(distance / length) * direction[$0] }
        moved.withUnsafeBufferPointer { parameters.write($0, to: entry, in: parameters.values) }
      }
      return loss(model, batch).value
    }
    let difference = (value(step) - value(-step)) / (2 * step)
    _ = value(0)
    let gradient = zip(exact, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) } / length
    return (difference, gradient)
  }
}
