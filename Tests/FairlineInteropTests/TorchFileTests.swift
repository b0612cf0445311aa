import Fairline
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Files of torch's: those of fairseq of three ages, and hostile ones.
@Suite struct TorchFileTests {
  static let parts = FixtureFolder.all("fairseq-2/checkpoints")

  /// A file with the name of what it must be equal to.
  struct Checkpoint: Sendable, CustomTestStringConvertible {
    let folder: FixtureFolder
    let file, tensors: String
    var testDescription: String { file }
  }

  static let checkpoints: [Checkpoint] = FixtureFolder.documents(
    "fairseq-2/checkpoints", holding: "files"
  ).flatMap { document in
    let folder = FixtureFolder(document.url.deletingLastPathComponent())
    return document.list("files").compactMap { entry -> Checkpoint? in
      guard let names = entry["files"]?.arrayValue, names.count == 1,
        let file = names[0].stringValue, let tensors = entry["tensors"]?.arrayValue?.first
      else { return nil }
      return Checkpoint(folder: folder, file: file, tensors: tensors.stringValue ?? "")
    }
  }

  @Test func thereAreCheckpoints() { #expect(Self.checkpoints.count >= 5) }

  @Test(arguments: checkpoints) func tensorsAreEqual(_ checkpoint: Checkpoint) throws {
    let file = try TorchFile(
      path: checkpoint.folder.url.appendingPathComponent(checkpoint.file).path)
    let tensors = try TorchTensors(file, file.root["model"])
    let expected = try TensorFile(
      path: checkpoint.folder.url.appendingPathComponent(checkpoint.tensors).path)
    #expect(Set(tensors.names) == Set(expected.names))
    for name in expected.names {
      #expect(tensors.shape(of: name) == expected[name]?.shape, "\(name)")
      #expect(try tensors.floats(name) == expected.floats(name), "\(name)")
    }
  }

  @Test func hostileFilesAreRefused() throws {
    for folder in Self.parts {
      let cases = try #require(try folder.json("hostile/expected.json")["cases"]?.arrayValue)
      #expect(!cases.isEmpty)
      var listed: Set<String> = []
      for entry in cases {
        let name = try #require(entry["file"]?.stringValue)
        listed.insert(name)
        let path = folder.url.appendingPathComponent(name).path
        let sentence = refusal { _ = try TorchFile(path: path) }
        switch try #require(entry["must"]?.stringValue).prefix(6) {
        case "accept": #expect(sentence.isEmpty, "\(name): \(sentence)")
        case "refuse":
          #expect(sentence.contains(path) && sentence.count > 40, "\(name): \(sentence)")
        default: Issue.record("\(name): what is to be done is not known")
        }
      }
      for path in FixtureFolder(folder.url.appendingPathComponent("hostile")).paths
      where path.hasSuffix(".pt") {
        #expect(listed.contains("hostile/" + path), "\(path)")
      }
    }
  }

  @Test func hostileModelsAreRefusedAsModels() throws {
    let catalog = try importingCatalog()
    for folder in Self.parts {
      for file in FixtureFolder(folder.url.appendingPathComponent("hostile")).files(
        withExtension: "pt")
      {
        let sentence = refusal {
          _ = try ModelFile.load(file.path, importers: catalog.importers)
        }
        #expect(sentence.contains(file.path) && !sentence.contains("\n"), "\(sentence)")
      }
    }
  }

  @Test(arguments: checkpoints) func damagedFilesDoNotStopTheProcess(
    _ checkpoint: Checkpoint
  ) throws {
    let url = checkpoint.folder.url.appendingPathComponent(checkpoint.file)
    let bytes = Array(try Data(contentsOf: url))
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("a.pt").path
      var mutations = Mutations(seed: 23)
      for number in 0..<400 {
        // The pickle and the directory are the smaller parts.
        let range =
          number % 3 == 0
          ? 0..<min(9000, bytes.count)
          : number % 3 == 1 ? max(0, bytes.count - 9000)..<bytes.count : nil
        try Data(mutations.next(of: bytes, in: range)).write(to: URL(fileURLWithPath: path))
        let sentence = refusal {
          let file = try TorchFile(path: path)
          let tensors = try TorchTensors(file, file.root["model"])
          for name in tensors.names { _ = try tensors.floats(name) }
        }
        #expect(sentence.isEmpty || (sentence.contains(path) && !sentence.contains("\n")))
      }
    }
  }
}
