import Fairline
import FairlineTesting
import Foundation
import Testing

/// `fairline-import`, and the other programs with what it wrote.
@Suite(.serialized) struct ImportProgramTests {
  private static let lines = "Bevedu bu fafo nedövo rava!\n\n>>xxa<< sa ginu?\nSü zo bo\n"

  private func folders(_ part: String) -> [FixtureFolder] {
    FixtureFolder.all("interop").flatMap(\.folders).flatMap { url in
      FixtureFolder(url).folders.map(FixtureFolder.init)
    }.filter { $0.url.lastPathComponent == part }
  }

  private func translated(
    _ path: String, _ more: [String] = [], lines: String = Self.lines
  ) throws -> String {
    let run = try Programs.run(
      "fairline-interactive", ["--path", path, "--plain"] + more, input: lines)
    #expect(run.code == 0, "\(run.errors)")
    return run.output
  }

  @Test(arguments: ["model", "ct2-float32"])
  func oneFileTranslatesAsTheFolderDoes(_ part: String) throws {
    let all = folders(part)
    #expect(all.count >= 2)
    for folder in all {
      try withTemporaryFolder { place in
        let (source, path) = (folder.url.path, place.appending(path: "a.safetensors").path)
        let run = try Programs.run("fairline-import", [source, "--to", path])
        #expect(run.code == 0, "\(run.errors)")
        for text in [
          "vocabulary:", "special symbols:", "parameters:", "tensors not used:", "wrote",
        ] {
          #expect(run.errors.contains(text), "\(run.errors)")
        }
        let whole = try translated(source)
        #expect(whole.split(separator: "\n", omittingEmptySubsequences: false).count == 5)
        #expect(try translated(path) == whole)
        // The user's flags go before those of the file.
        let (one, again) = (
          try translated(source, ["--beam", "1"]), try translated(path, ["--beam", "1"])
        )
        #expect(one == again)
        let small = place.appending(path: "b.safetensors").path
        let rounded = try Programs.run(
          "fairline-import", [source, "--to", small, "--quantize", "int8"])
        #expect(rounded.code == 0, "\(rounded.errors)")
        #expect(try translated(small) == translated(path, ["--quantize", "int8"]))
        let twice = try Programs.run("fairline-import", [path, "--to", small])
        #expect(twice.code == 1 && twice.errors.contains("checkpoint of Fairline already"))
      }
    }
  }

  @Test(arguments: ["huggingface", "ctranslate2"])
  func whatIsExportedTranslatesAsBefore(_ format: String) throws {
    let source = try #require(folders("model").first { $0.url.path.contains("marian") }).url.path
    try withTemporaryFolder { place in
      let one = place.appending(path: "a.safetensors").path
      let read = try Programs.run("fairline-import", [source, "--to", one])
      #expect(read.code == 0, "\(read.errors)")
      let folder = place.appending(path: "out").path
      let arguments = ["--format", format, "--to", folder, one]
      let run = try Programs.run("fairline-export", arguments)
      #expect(run.code == 0 && run.errors.contains("wrote \(folder)"), "\(run.errors)")
      let search = [
        "--conventions", "ctranslate2", "--beam", "3", "--max-len-b", "20", "--lenpen", "1",
        "--min-len", "1",
      ]
      // A folder of CTranslate2 has no place for codes of languages.
      let lines = format == "huggingface" ? Self.lines : Self.lines.replacing(">>xxa<< ", with: "")
      #expect(
        try translated(folder, search, lines: lines) == translated(one, search, lines: lines))
      // A folder with files in it stays as it is.
      let twice = try Programs.run("fairline-export", arguments)
      #expect(twice.code == 1 && twice.errors.contains("not empty"), "\(twice.errors)")
      let unknown = try Programs.run(
        "fairline-export", ["--format", "onnx", "--to", folder + "2", one])
      #expect(unknown.code == 2 && unknown.errors.contains("ctranslate2, huggingface"))
      #expect(!FileManager.default.fileExists(atPath: folder + "2"))
    }
  }

  @Test func dictionariesMayBeElsewhere() throws {
    let folder = try #require(FixtureFolder.all("fairseq-2/checkpoints").first).url
    try withTemporaryFolder { place in
      let path = place.appending(path: "a.safetensors").path
      let arguments = [folder.appending(path: "new-format-1.pt").path, "--to", path]
      let lacking = try Programs.run("fairline-import", arguments)
      #expect(lacking.code == 1 && lacking.errors.contains("--data"), "\(lacking.errors)")
      let run = try Programs.run(
        "fairline-import", arguments + ["--data", folder.appending(path: "data").path])
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.errors.contains("checkpoint of fairseq"))
      _ = try translated(path)
    }
  }

  @Test func tensorsWithoutAPlaceAreAnError() throws {
    let folder = try #require(folders("model").first).url
    try withTemporaryFolder { place in
      for name in FixtureFolder(folder).paths where name != "model.safetensors" {
        try FileManager.default.copyItem(
          at: folder.appending(path: name), to: place.appending(path: name))
      }
      let whole = try TensorFile(path: folder.appending(path: "model.safetensors").path)
      let path = place.appending(path: "model.safetensors").path
      let more = "model.encoder.experts.weight"
      let writer = try TensorFileWriter(
        path: path,
        tensors: whole.entries.map { TensorDeclaration($0.name, $0.shape) }
          + [TensorDeclaration(more, [2])], metadata: [:])
      for name in whole.names { try writer.write(name, try whole.floats(name)) }
      try writer.write(more, [1, 2] as [Float])
      try writer.finish()
      let run = try Programs.run(
        "fairline-import", [place.path, "--to", place.appending(path: "b.safetensors").path])
      #expect(run.code == 1 && run.errors.contains("'\(more)'"), "\(run.errors)")
    }
  }
}
