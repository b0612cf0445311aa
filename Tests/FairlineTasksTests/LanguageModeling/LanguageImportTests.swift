import Fairline
import FairlineModels
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// fairseq's folders of language models, opened by the programs as they are.
@Suite struct LanguageImportTests {
  private var catalog: Catalog {
    get throws { try Catalog([StandardTraining.self, StandardModels.self, StandardTasks.self]) }
  }

  @Test(arguments: LanguageFixture.all) func foldersAreModels(_ fixture: LanguageFixture) throws {
    let catalog = try catalog
    let file = try ModelFile.load(fixture.folder.path, importers: catalog.importers)
    #expect(file.header.task.name == "language_modeling")
    let (model, batch) = (try file.makeModel(catalog), try fixture.batch("a"))
    let expected = try fixture.makeModel()
    #expect(
      model(batch, .evaluation()).logits.scalars == expected(batch, .evaluation()).logits.scalars)
    #expect(model.maximumPositions.target == expected.maximumPositions.target)
  }

  @Test func aProgramMeasuresThem() throws {
    let fixture = try #require(LanguageFixture.all.first)
    let one = try #require(try fixture.json("eval")["cases"]?.arrayValue?.first)
    let arguments = one["args"].texts
    let run = try Programs.run(
      "fairline-eval-lm",
      [
        fixture.data.path, "--path", fixture.folder.path, "--gen-subset",
        try #require(one["gen_subset"]?.stringValue),
      ] + arguments.dropFirst())
    #expect(run.code == 0, "\(run.errors)")
    let expected = try #require(one["result_line"]?.stringValue)
    #expect(
      TextEvaluationTests.isClose(
        [run.output.trimmingCharacters(in: .newlines)], [expected], 0.0101),
      "\(run.output) \(expected)")
  }
}
