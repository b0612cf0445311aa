import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTasks
import Testing

/// Every setting of every component that a user can name can be reached by a flag.
@Suite struct CatalogCoverageTests {
  @Test func everySettingHasAFlag() throws {
    let catalog = try Catalog([
      StandardTraining.self, StandardTasks.self, StandardModels.self, NodeTransformerPlugin.self,
    ])
    let titles = Set(catalog.drafts.map(\.title))
    // Of every kind there are components.
    for kind in ["task", "architecture", "criterion", "optimizer", "learning-rate scheduler"] {
      #expect(titles.contains { $0.hasPrefix(kind + " ") }, "\(kind)")
    }
    #expect(titles.isSuperset(of: ["optimizer adam", "architecture node_transformer"]))
    #expect(try catalog.settingsWithoutFlag() == [])
  }
}
