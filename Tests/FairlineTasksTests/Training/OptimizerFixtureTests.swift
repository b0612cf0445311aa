import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct OptimizerFixtureTests {
  static let runs = FixtureFolder.documents("fairseq", holding: "runs")
  static let clippings = FixtureFolder.documents("fairseq", holding: "cases.total_norm")

  @Test func thereAreDocuments() { #expect(!Self.runs.isEmpty && !Self.clippings.isEmpty) }

  /// Parameters with the reference's names and shapes.
  private func parameters(_ golden: JSONValue) throws -> (ParameterSet, [Parameter]) {
    let space = ParameterSpace(seed: 1)
    var made: [Parameter] = []
    guard case .object(let shapes)? = golden["shapes"] else { throw UserError("no shapes") }
    for (name, shape) in shapes {
      let lengths = try #require(shape.arrayValue).compactMap(\.integerValue)
      made.append(space.parameter(name, Shape(lengths), .constant(0)))
    }
    return (ParameterSet(space), made)
  }

  private func fill(_ set: ParameterSet, _ flat: Tensor, _ values: JSONValue?) throws {
    for entry in set.entries {
      let numbers = try #require(values?[entry.name]?.numbers).map { Float($0) }
      numbers.withUnsafeBufferPointer { set.write($0, to: entry, in: flat) }
    }
  }

  @Test(arguments: runs) func updatesAreTheReferences(_ document: FixtureDocument) throws {
    let golden = document.value
    let catalog = try Catalog([StandardTraining.self])
    let runs = try #require(golden["runs"]?.arrayValue)
    #expect(!runs.isEmpty)
    for run in runs {
      let name = try #require(run["name"]?.stringValue)
      let (set, _) = try parameters(golden)
      try fill(set, set.values, golden["initial"])
      let selection = try catalog.optimizers.select(name)
      guard case .object(let settings)? = run["config"] else { throw UserError("no settings") }
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
      let rates = try #require(golden["lr"]?.numbers)
      let steps = try #require(run["params_after_step"]?.arrayValue)
      let all = try #require(golden["grads"]?.arrayValue)
      #expect(!all.isEmpty && steps.count == all.count)
      for (number, gradients) in all.enumerated() {
        set.prepareGradients()
        try fill(set, set.gradients, gradients)
        optimizer.update(rate: rates[number], gradientScale: 1)
        for entry in set.entries {
          let expected = try #require(steps[number][entry.name]?.numbers).map { Float($0) }
          let observed = set.view(of: entry, in: set.values).scalars
          let tolerance = ["adafactor", "adadelta"].contains(name) ? 1e-5 : 2e-6
          #expect(
            mismatch(observed, expected, absolute: tolerance) == nil,
            "\(name) \(entry.name) step \(number) \(settings)")
        }
      }
    }
  }

  /// The gradients are the first of the document beside this one, as `grads_from` says.
  @Test(arguments: clippings) func normsAndClippingAreTheReferences(
    _ clipping: FixtureDocument
  ) throws {
    let place = try #require(clipping.value["grads_from"]?.stringValue).split(separator: " ")
    try #require(place.count == 2 && place[1] == "grads[0]")
    let folder = FixtureFolder(clipping.url.deletingLastPathComponent())
    let golden = try folder.json(String(place[0]))
    let (set, _) = try parameters(golden)
    set.prepareGradients()
    try fill(set, set.gradients, golden["grads"]?.arrayValue?.first)
    let norm = set.gradients.squaredNorm.squareRoot()
    let cases = try #require(clipping.value["cases"]?.arrayValue)
    #expect(!cases.isEmpty)
    for one in cases {
      let expected = one["total_norm"]?.doubleValue ?? .nan
      #expect(abs(norm - expected) < 1e-5 * expected)
      let limit = one["max_norm"]?.doubleValue ?? 0
      let factor = limit > 0 ? min(1, limit / (norm + 1e-6)) : 1
      for entry in set.entries {
        let scaled = (set.view(of: entry, in: set.gradients) * Float(factor)).scalars
        let clipped = try #require(one["clipped"]?[entry.name]?.numbers).map { Float($0) }
        #expect(mismatch(scaled, clipped, absolute: 2e-6) == nil)
      }
    }
  }
}
