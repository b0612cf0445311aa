import Fairline
import FairlineData
import FairlineGeneration
import FairlineModels
import FairlineNodeTransformer
import FairlineScoring
import FairlineTasks
import Testing

/// Every setting of every component that a user can name can be reached by a flag.
@Suite struct CatalogCoverageTests {
  @Test func everySettingHasAFlag() throws {
    let catalog = try Catalog([
      StandardTraining.self, StandardTasks.self, StandardSearch.self, StandardMetrics.self,
      StandardTokenizers.self, StandardModels.self, NodeTransformerPlugin.self,
    ])
    let titles = Set(catalog.drafts.map(\.title))
    // Of every kind there are components.
    for kind in [
      "task", "architecture", "criterion", "optimizer", "learning-rate scheduler",
      "search strategy", "metric", "tokenizer",
    ] {
      #expect(titles.contains { $0.hasPrefix(kind + " ") }, "\(kind)")
    }
    #expect(titles.isSuperset(of: ["optimizer adam", "architecture node_transformer"]))
    #expect(try catalog.settingsWithoutFlag() == [])
  }
}
