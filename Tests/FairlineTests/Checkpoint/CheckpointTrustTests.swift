import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Files with valid checksums and numbers that no program writes.
@Suite struct CheckpointTrustTests {
  private static func header() -> CheckpointHeader {
    var header = CheckpointHeader(
      architecture: ComponentRecord(name: "toy"), task: ComponentRecord(name: "toy"),
      description: TaskDescription(sourceSymbols: 11, targetSymbols: 11, sharesVocabulary: true))
    header.identity = ["target dictionary": "b", "source dictionary": "a"]
    header.progress = TrainingProgress()
    return header
  }

  static let lies: [(String, @Sendable (inout CheckpointHeader) -> Void)] = [
    ("updates", { $0.progress?.updates = -1 }),
    ("epoch", { $0.progress?.epoch = .max }),
    ("epoch", { $0.progress?.epoch = 0 }),
    ("offset", { $0.progress?.offset = -5 }),
    ("skipped", { $0.progress?.skipped = 1 << 62 }),
    ("refused", { $0.progress?.refused = -1 }),
    ("seconds", { $0.progress?.seconds = -.infinity }),
    ("optimizerSteps", { $0.optimizerSteps = .max }),
    ("sourceSymbols", { $0.description.sourceSymbols = -1 }),
    ("targetSymbols", { $0.description.targetSymbols = 1 << 62 }),
    ("maximumSourcePositions", { $0.description.maximumSourcePositions = -5 }),
    ("maximumTargetPositions", { $0.description.maximumTargetPositions = 1_000_000_000 }),
    ("'int3'", { $0.quantization = "int3" }),
    ("EarlyStopping.count", { $0.progress?.memories["EarlyStopping"] = ["count": huge] }),
    ("ProgressReport.record.tokens", { $0.progress?.memories = sums }),
    ("scheduler.badEpochs", { $0.progress?.scheduler = ["learningRate": 1, "badEpochs": huge] }),
    ("epoch of a postponed batch", { $0.progress?.postponed = postponed(["epoch": huge]) }),
    ("place of a postponed batch", { $0.progress?.postponed = postponed(["place": -3]) }),
    ("attempts of a postponed batch", { $0.progress?.postponed = postponed(["attempts": 63]) }),
    ("due of a postponed batch", { $0.progress?.postponed = postponed(["due": huge]) }),
  ]

  private static let huge = JSONValue.integer(.max)
  private static let sums: [String: JSONValue] = ["ProgressReport": ["record": ["tokens": huge]]]

  private static func postponed(_ lie: JSONValue) -> [PostponedBatch] {
    let batch: JSONValue = ["epoch": 1, "place": 0, "attempts": 1, "due": 9]
    do {
      return [try batch.merging(lie).decoded(as: PostponedBatch.self)]
    } catch {
      Issue.record(error)
      return []
    }
  }

  @Test(arguments: lies.indices) func numbersOutOfRangeAreRefused(_ index: Int) throws {
    let (word, lie) = Self.lies[index]
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("a.safetensors").path
      var header = Self.header()
      lie(&header)
      try CheckpointContents(header: header, parameters: ToyModel(dropout: 0).parameters)
        .write(to: path)
      let sentence = message { _ = try ModelFile.load(path) }
      #expect(sentence.contains(path) && sentence.contains(word), "\(sentence)")
    }
  }

  /// Writes the toy's parameters with other numbers in the first one.
  private func write(
    _ path: String, _ element: TensorElement = .float32, first: Float = 0.5
  ) throws {
    let parameters = ToyModel(dropout: 0).parameters
    let entries = parameters.entries
    let writer = try TensorFileWriter(
      path: path,
      tensors: entries.map {
        TensorDeclaration(
          $0.name, $0.shape.dimensions, $0.name == entries[0].name ? element : .float32)
      }, metadata: ["checkpoint": JSONValue(encoding: Self.header()).compactText])
    for entry in entries {
      var values = parameters.view(of: entry, in: parameters.values).scalars
      if entry.name == entries[0].name { values[3] = first }
      guard element == .int32, entry.name == entries[0].name else {
        try writer.write(entry.name, values)
        continue
      }
      try values.map { Int32($0) }.withUnsafeBytes { try writer.write(entry.name, $0) }
    }
    try writer.finish()
  }

  @Test func integersAreNoParameters() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("a.safetensors").path
      try write(path, .int32)
      let model = ToyModel(dropout: 0)
      #expect(message { try ModelFile.load(path).fill(model) }.contains("holds I32"))
      try write(path)
      try ModelFile.load(path).fill(model)
      #expect(model.parameters.values.scalars[3] == 0.5)
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func parametersThatAreNotFiniteAreNamed(_ value: Float) throws {
    try withTemporaryFolder { folder in
      let paths = ["a", "b", "mean"].map { folder.appendingPathComponent($0 + ".safetensors").path }
      try write(paths[0], first: value)
      try write(paths[1])
      let model = ToyModel(dropout: 0)
      let name = model.parameters.entries[0].name
      let sentence = message { try ModelFile.load(paths[0]).fill(model) }
      #expect(sentence.contains(paths[0]) && sentence.contains("'\(name)' is not finite"))
      let mean = message {
        try CheckpointAverage.write([paths[1], paths[0]], to: paths[2])
      }
      #expect(mean.contains(paths[0]) && mean.contains("'\(name)' is not finite"))
      #expect(!FileManager.default.fileExists(atPath: paths[2]))
    }
  }

  @Test func optimizerStateThatIsNotFiniteIsNamed() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("a.safetensors").path
      let model = ToyModel(dropout: 0)
      let adam = try Adam(Adam.Settings(), model.parameters)
      let entry = model.parameters.entries[1]
      [Float](repeating: .nan, count: entry.shape.count).withUnsafeBufferPointer {
        model.parameters.write($0, to: entry, in: adam.state[1].values)
      }
      try CheckpointContents(
        header: Self.header(), parameters: model.parameters, optimizer: adam
      ).write(to: path)
      let sentence = message { try ModelFile.load(path).fill(adam, of: model.parameters) }
      #expect(sentence.contains("optimizer state '\(entry.name)' is not finite"), "\(sentence)")
      #expect(sentence.contains("--reset-optimizer"), "\(sentence)")
    }
  }

  @Test func modelsOfOtherWordsOrSettingsAreNotAveraged() throws {
    try withTemporaryFolder { folder in
      let paths = ["a", "b", "mean"].map { folder.appendingPathComponent($0 + ".safetensors").path }
      let parameters = ToyModel(dropout: 0).parameters
      func sentence(_ change: (inout CheckpointHeader) -> Void) throws -> String {
        var other = Self.header()
        change(&other)
        try CheckpointContents(header: Self.header(), parameters: parameters).write(to: paths[0])
        try CheckpointContents(header: other, parameters: parameters).write(to: paths[1])
        return message { try CheckpointAverage.write(Array(paths.prefix(2)), to: paths[2]) }
      }
      let words = try sentence { $0.identity["source dictionary"] = "c" }
      #expect(words.contains("source dictionary"))
      let architecture = try sentence { $0.architecture.name = "other" }
      #expect(architecture.contains("--arch"))
      #expect(!FileManager.default.fileExists(atPath: paths[2]))
      let more = try sentence { $0.identity["more"] = "c" }
      #expect(more == "no error")
      let later = try sentence { $0.progress?.updates = 7 }
      #expect(later == "no error")
    }
  }

  @Test func theMeanOfLargeWholeNumbersIsExact() throws {
    try withTemporaryFolder { folder in
      let paths = ["a", "b", "mean"].map { folder.appendingPathComponent($0 + ".safetensors").path }
      for path in paths.prefix(2) {
        let writer = try TensorFileWriter(
          path: path, tensors: [TensorDeclaration("c", [2], .int64)])
        try [Int64(1) << 62, .min].withUnsafeBytes { try writer.write("c", $0) }
        try writer.finish()
      }
      try CheckpointAverage.write(Array(paths.prefix(2)), to: paths[2])
      #expect(try TensorFile(path: paths[2]).integers("c") == [1 << 62, .min])
    }
  }

  @Test func headersHaveOneOrder() throws {
    let text = try JSONValue(encoding: Self.header()).compactText
    let place = try #require(text.firstRange(of: #""identity":{"source dictionary":"#))
    #expect(text[place.upperBound...].contains("target dictionary"))
  }
}
