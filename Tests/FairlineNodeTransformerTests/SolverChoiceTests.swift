import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineODE
import FairlineTensor
import Testing

/// A solver of another package is one value and one line.
private enum NystromPlugin: Plugin {
  static func register(in catalog: inout Catalog) throws {
    try catalog.solvers.add("nystrom3", "Nyström's method, order 3", nystrom)
  }

  static let nystrom = RungeKutta(
    name: "nystrom3", summary: "Nyström's method, order 3", order: 3,
    tableau: ButcherTableau(
      nodes: [2 / 3, 2 / 3], rows: [[2 / 3], [0, 2 / 3]], weights: [1 / 4, 3 / 8, 3 / 8]),
    interpolation: .quadratic)
}

@Suite struct SolverChoiceTests {
  private func model(
    _ plugins: [any Plugin.Type], _ change: (inout NodeSettings) -> Void
  ) throws -> NodeTransformer {
    let settings = Samples.settings {
      Variant.sides[2].change(&$0)
      change(&$0.node)
    }
    return try NodeTransformer(settings, for: Samples.task, catalog: Catalog(plugins))
  }

  /// Plug-ins come in any order: names are looked up when a model is made.
  @Test(arguments: [false, true]) func aSolverFromOutsideTrainsAModel(_ isFirst: Bool) throws {
    let plugins: [any Plugin.Type] =
      isFirst
      ? [NystromPlugin.self, NodeTransformerPlugin.self]
      : [NodeTransformerPlugin.self, NystromPlugin.self]
    let catalog = try Catalog(plugins)
    #expect(catalog.listing.contains("nystrom3  "))
    #expect(catalog.listing.contains("Dormand-Prince-Shampine pair, order 5(4)"))
    let selection = try catalog.architectures.select("node_transformer")
    let settings = Samples.settings {
      Variant.sides[2].and(.fixed("nystrom3", 2)).change(&$0)
      $0.node.nodeEvalMethod = "nystrom3"
    }
    try selection.draft.merge(try JSONValue(encoding: settings))
    let built = try selection.build(ModelContext(task: Samples.task, catalog: catalog))
    let model = try #require(built as? NodeTransformer)
    let first = Samples.loss(model)
    let evaluations = first.pass.statistics.values.filter { $0.key.hasSuffix(".evaluations") }
    // Three evaluations a step, two steps, on each side.
    #expect(evaluations.values.map(\.sum) == [6, 6])
    for _ in 0..<20 {
      let gradients = Samples.loss(model).gradients
      let values = model.parameters.values.scalars
      zip(values, gradients).map { $0 - 0.01 * $1 }.withUnsafeBufferPointer { new in
        for entry in model.parameters.entries {
          let range = entry.offset..<entry.offset + entry.shape.count
          model.parameters.write(
            UnsafeBufferPointer(rebasing: new[range]), to: entry, in: model.parameters.values)
        }
      }
    }
    #expect(Samples.loss(model).value < first.value - 1)
  }

  @Test func allFlagsChooseFromTheCatalogue() throws {
    let both: [any Plugin.Type] = [NodeTransformerPlugin.self, NystromPlugin.self]
    let changes: [(inout NodeSettings) -> Void] = [
      { ($0.nodeMethod, $0.nodeSteps) = ("nystrom3", 1) },
      { ($0.nodeSteps, $0.nodeEvalMethod) = (1, "nystrom3-ext") },
      {
        $0.nodeGradient = .adjoint
        ($0.nodeMethod, $0.nodeSteps, $0.nodeAdjointMethod) = ("heun2", 2, "nystrom3")
      },
    ]
    for change in changes {
      _ = try model(both, change)
      #expect(throws: UserError.self) { try model([NodeTransformerPlugin.self], change) }
    }
  }

  @Test func aNameIsTakenOnce() {
    #expect(throws: RegistryError.self) {
      var catalog = try Catalog([NodeTransformerPlugin.self])
      try catalog.solvers.add("dopri5", "mine", NystromPlugin.nystrom)
    }
  }
}
