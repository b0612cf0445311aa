import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite(
  .enabled(
    if: FixtureFolder("fairseq").files(withExtension: "json").isEmpty == false,
    "the folder of golden values is not there"))
struct OptimizerFixtureTests {
  static let folder = FixtureFolder("fairseq").url

  static func json(_ name: String) throws -> JSONValue {
    try Data(contentsOf: folder.appendingPathComponent(name)).withUnsafeBytes {
      try JSONValue(parsing: $0)
    }
  }

  /// Parameters with the reference's names and shapes.
  private func parameters(_ golden: JSONValue) throws -> (ParameterSet, [Parameter]) {
    let space = ParameterSpace(seed: 1)
    var made: [Parameter] = []
    guard case .object(let shapes)? = golden["shapes"] else { throw UserError("no shapes") }
    for (name, shape) in shapes {
      let lengths = (shape.arrayValue ?? []).compactMap(\.integerValue)
      made.append(space.parameter(name, Shape(lengths), .constant(0)))
    }
    return (ParameterSet(space), made)
  }

  private func fill(_ set: ParameterSet, _ flat: Tensor, _ values: JSONValue?) {
    for entry in set.entries {
      let numbers = (values?[entry.name]?.numbers ?? []).map { Float($0) }
      numbers.withUnsafeBufferPointer { set.write($0, to: entry, in: flat) }
    }
  }

  @Test func updatesAreTheReferences() throws {
    let golden = try Self.json("optimizers.json")
    let catalog = try Catalog([StandardTraining.self])
    var checked = 0
    for run in golden["runs"]?.arrayValue ?? [] {
      let name = run["name"]?.stringValue ?? ""
      let (set, _) = try parameters(golden)
      fill(set, set.values, golden["initial"])
      let selection = try catalog.optimizers.select(name)
      guard case .object(let settings)? = run["config"] else { continue }
      func assign(_ flag: String, _ value: String) throws {
        let index = try #require(
          selection.draft.formats.firstIndex { $0.names.contains(flag) }, "\(flag)")
        try selection.draft.assign(value, at: index)
      }
      for (key, value) in settings where value != .null {
        let flag = key.replacing("_", with: "-")
        try assign(flag, value.stringValue ?? value.compactText)
        // The reference scales a parameter's steps with the sizes of those before it, unless it
        // chooses them itself.
        if key == "scale_parameter", value == true, run["config"]?["relative_step"] != true {
          try assign("compound-scale", "true")
        }
      }
      let optimizer = try selection.build(set)
      let rates = golden["lr"]?.numbers ?? []
      let steps = run["params_after_step"]?.arrayValue ?? []
      for (number, gradients) in (golden["grads"]?.arrayValue ?? []).enumerated() {
        set.prepareGradients()
        fill(set, set.gradients, gradients)
        optimizer.update(rate: rates[number], gradientScale: 1)
        for entry in set.entries {
          let expected = (steps[number][entry.name]?.numbers ?? []).map { Float($0) }
          let observed = set.view(of: entry, in: set.values).scalars
          let tolerance = ["adafactor", "adadelta"].contains(name) ? 1e-5 : 2e-6
          #expect(
            mismatch(observed, expected, absolute: tolerance) == nil,
            "\(name) \(entry.name) step \(number) \(settings)")
        }
      }
      checked += 1
    }
    #expect(checked > 0)
  }

  @Test func normsAndClippingAreTheReferences() throws {
    let golden = try Self.json("optimizers.json")
    let clipping = try Self.json("clip_norm.json")
    let (set, _) = try parameters(golden)
    set.prepareGradients()
    fill(set, set.gradients, golden["grads"]?.arrayValue?.first)
    let norm = set.gradients.squaredNorm.squareRoot()
    for one in clipping["cases"]?.arrayValue ?? [] {
      let expected = one["total_norm"]?.doubleValue ?? .nan
      #expect(abs(norm - expected) < 1e-5 * expected)
      let limit = one["max_norm"]?.doubleValue ?? 0
      let factor = limit > 0 ? min(1, limit / (norm + 1e-6)) : 1
      for entry in set.entries {
        let scaled = (set.view(of: entry, in: set.gradients) * Float(factor)).scalars
        let clipped = (one["clipped"]?[entry.name]?.numbers ?? []).map { Float($0) }
        #expect(mismatch(scaled, clipped, absolute: 2e-6) == nil)
      }
    }
  }
}
