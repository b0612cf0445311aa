import Fairline
import FairlineModels
import FairlineTasks
import FairlineTesting
import Foundation
import Testing

/// Training through the library, and the code of the pages about it.
@Suite(.serialized) struct TrainingLibraryTests {
  /// The program of the page *Training as a library*.
  private func program(_ data: String, _ folder: String) throws -> TrainingResult {
    let catalog = try Catalog([
      StandardTraining.self, StandardTasks.self, StandardModels.self,
    ])
    var settings = TrainingSettings()
    settings.data = data
    settings.dataset.maxTokens = 400
    settings.optimization.lr = [0.003]
    settings.optimization.maxEpoch = 2
    settings.checkpoints.saveDir = folder
    let components = try TrainingComponents(
      catalog, architecture: "transformer_tiny", scheduler: "inverse_sqrt")
    try components.scheduler.draft.merge(["warmupUpdates": 20])
    var training = Training(components, settings)
    training.note = { print($0) }
    let result = try training.run()
    print(result.reason, "best loss", result.best ?? .nan, "in", result.paths)
    return result
  }

  @Test func aProgramTrains() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let result = try program(data.bin, data.path("save"))
      #expect(result.reason == .maximumEpochs(2) && (result.best ?? 0) > 0)
      // The same as the command line makes of it, bit for bit.
      let arguments = [
        data.bin, "--arch", "transformer_tiny", "--optimizer", "adam", "--lr", "0.003",
        "--lr-scheduler", "inverse_sqrt", "--warmup-updates", "20", "--max-tokens", "400",
        "--max-epoch", "2", "--log-format", "none", "--save-dir", data.path("other"),
      ]
      #expect(try Programs.run("fairline-train", arguments).code == 0)
      let name = "/checkpoint_last.safetensors"
      #expect(
        try tensorBytes(data.path("save") + name) == tensorBytes(data.path("other") + name))
    }
  }

  @Test func lostLogsAndMetricsAreErrors() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      for flag in ["--log-file", "--metrics-file"] {
        let run = try Programs.run(
          "fairline-train",
          data.arguments("save", ["--max-update", "2", "--log-interval", "1", flag, "/dev/full"]))
        #expect(run.code == 1, "\(run.errors)")
        #expect(run.errors.contains("\(flag) /dev/full cannot be written"), "\(run.errors)")
        let last = data.path("save/checkpoint_last.safetensors")
        #expect(!FileManager.default.fileExists(atPath: last))
      }
    }
  }

  @Test(arguments: [
    "Fairline/Documentation.docc/Adding/AddingAnArchitecture",
    "Fairline/Documentation.docc/Adding/AddingACriterion",
    "Fairline/Documentation.docc/Adding/AddingATask",
    "Fairline/Documentation.docc/Adding/AddingAnOptimizer",
    "Fairline/Documentation.docc/Adding/AddingAScheduler",
    "Fairline/Documentation.docc/Adding/AddingAnObserver",
    "Fairline/Documentation.docc/Adding/AddingASearchStrategy",
    "Fairline/Documentation.docc/Adding/AddingAMetric",
    "Fairline/Documentation.docc/Adding/AddingATokenizer",
    "Fairline/Documentation.docc/Adding/AddingAnImporter",
    "Fairline.ODE/Documentation.docc/AddingASolver",
    "Fairline.Tensor/Documentation.docc/AddingAKernel",
    "Fairline/Documentation.docc/TrainingAsALibrary",
  ]) func thePagesShowCodeThatIsCompiled(_ page: String) throws {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    func lines(_ text: some StringProtocol) -> String {
      text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
    }
    let folders = [
      "examples/plugin/Sources/GatedPlugin", "examples/plugin/Sources/GatedKernels",
      "examples/plugin/Sources/GatedKernels/include", "examples/plugin/Tests/GatedPluginTests",
      "Sources/CFairlineKernels", "Sources/CFairlineKernels/simd/layers",
    ]
    let files = try folders.flatMap {
      try FileManager.default.contentsOfDirectory(
        at: root.appendingPathComponent($0), includingPropertiesForKeys: nil)
    }.filter { ["swift", "c", "h"].contains($0.pathExtension) }
    let sources = try (files + [URL(fileURLWithPath: #filePath)]).map {
      lines(try String(contentsOf: $0, encoding: .utf8))
    }
    let text = try String(
      contentsOf: root.appendingPathComponent("Sources/\(page).md"), encoding: .utf8)
    let blocks = ["```swift\n", "```c\n"].flatMap { fence in
      text.components(separatedBy: fence).dropFirst().map {
        lines($0.components(separatedBy: "```")[0])
      }
    }
    #expect(!blocks.isEmpty)
    for block in blocks {
      #expect(block.split(separator: "\n").count <= 70)
      #expect(sources.contains { $0.contains(block) }, "\(page):\n\(block)")
    }
  }
}
