import Fairline
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// fairseq's checkpoints as models: what they predict is what fairseq predicts with them.
@Suite struct FairseqCheckpointTests {
  private let catalog: Catalog

  init() throws { catalog = try importingCatalog() }

  /// The pairs of the fixture's batch, without padding, and the rows they have in a padded batch.
  private func batch(_ expected: JSONValue) throws -> (batch: Batch, rows: [Range<Int>]) {
    let batch = try #require(expected["batch"])
    let sources = try sequences(batch["src_tokens"]).map { $0.filter { $0 != 1 } }
    let padded = try sequences(batch["target"])
    let targets = padded.map { $0.filter { $0 != 1 } }
    let width = try #require(padded.first?.count)
    let rows = targets.enumerated().map { $0 * width..<($0 * width + $1.count) }
    return (Batch.pairs(ids: Array(0..<sources.count), sources: sources, targets: targets), rows)
  }

  @Test func predictionsAreFairseqs() throws {
    var count = 0
    for folder in FixtureFolder.all("fairseq-2/checkpoints") {
      let expected = try folder.json("expected.json")
      let golden = try TensorFile(
        path: folder.url.appendingPathComponent("lprobs.safetensors").path)
      let (batch, rows) = try batch(expected)
      for entry in try #require(expected["files"]?.arrayValue) {
        let models = try texts(entry["files"]).map { name in
          try ModelFile.load(
            folder.url.appendingPathComponent(name).path, importers: catalog.importers
          ).makeModel(catalog)
        }
        let logs = Tensor.logMeanExp(
          models.map { $0(batch, ForwardPass.evaluation()).logits.logSoftmax() })
        let name = try #require(entry["tensor"]?.stringValue)
        let all = try golden.floats(name)
        let wanted = rows.flatMap { range in
          FairlineInteropTests.rows(all, range, columns: logs.shape.columns)
        }
        let problem = mismatch(logs.scalars, wanted, absolute: 1e-4)
        #expect(problem == nil, "\(name): \(problem ?? "")")
        count += 1
      }
    }
    #expect(count >= 6)
  }

  @Test func modelsWithDictionariesTranslate() throws {
    let folder = try #require(FixtureFolder.all("fairseq-2/checkpoints").first)
    let data = folder.url.appendingPathComponent("data").path
    let names = ["new-format-1.pt", "old-format-0.9-legacy-tar.pt"]
    let paths = names.map { folder.url.appendingPathComponent($0).path }
    // The same tensors in both containers, and an ensemble of a model with itself.
    let found = try (paths + [paths.joined(separator: ":")]).map {
      try Translator($0, catalog, data: data).translate("a b c").outputs.map(\.symbols)
    }
    #expect(!found[0].isEmpty && found[0] == found[1] && found[0] == found[2])
    #expect(refusal { _ = try Translator(":", catalog) }.contains("--path is missing"))
    let sentence = refusal { _ = try Translator(paths[0], catalog) }
    #expect(sentence.contains("data folder"), "\(sentence)")
  }

  @Test func filesOfOtherProgramsAreRefused() throws {
    let folder = try #require(FixtureFolder.all("fairseq-2/checkpoints").first)
    let path = folder.url.appendingPathComponent("hostile/control-good.pt").path
    let sentence = refusal { _ = try ModelFile.load(path, importers: catalog.importers) }
    #expect(sentence.contains("no checkpoint that fairseq wrote"), "\(sentence)")
  }
}
