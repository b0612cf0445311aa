import Fairline
import FairlineTesting
import Foundation
import Testing

/// The outside package of the examples: built, trained and used as its author would.
@Suite struct PluginTests {
  @Test(.timeLimit(.minutes(30))) func anOutsidePackageTrainsAndGenerates() throws {
    let program = try Examples.program("gated", of: "plugin")
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 300)
      let save = data.path("model")
      let trained = try Programs.run(
        program,
        [
          "train", data.bin, "--arch", "gated_transformer", "--gated-channels", "16",
          "--gate-start", "0.3", "--criterion", "focal", "--focal-gamma", "0.5", "--optimizer",
          "adam", "--lr", "0.01", "--max-tokens", "300", "--max-epoch", "3", "--save-dir", save,
        ])
      #expect(trained.code == 0, "\(trained.errors)")
      let losses = trained.errors.split(separator: "\n").filter { $0.contains("valid on") }
        .compactMap { line in
          line.split(separator: "|").first { $0.hasPrefix(" loss ") }
            .flatMap { Double($0.split(separator: " ")[1]) }
        }
      #expect(losses.count == 3 && losses[2] < losses[0])
      let validated = try Programs.run(
        program,
        [
          "validate", data.bin, "--path", save + "/checkpoint_best.safetensors", "--max-tokens",
          "300",
        ])
      #expect(validated.code == 0 && validated.errors.contains("loss"), "\(validated.errors)")
      let found = try Programs.run(
        program,
        [
          "generate", data.bin, "--path", save + "/checkpoint_best.safetensors", "--beam", "2",
          "--max-len-b", "8",
        ])
      #expect(found.code == 0, "\(found.errors)")
      #expect(found.output.split(separator: "\n").count { $0.hasPrefix("H-") } == 12)
      try writeRaw(save + "/checkpoint_best.safetensors", to: folder.appending(path: "raw"))
      let imported = try Programs.run(
        program,
        ["generate", data.bin, "--path", data.path("raw"), "--beam", "2", "--max-len-b", "8"])
      #expect(imported.code == 0, "\(imported.errors)")
      let hypotheses = found.output.split(separator: "\n").filter { $0.hasPrefix("H-") }
      #expect(imported.output.split(separator: "\n").filter { $0.hasPrefix("H-") } == hypotheses)
      let tuned = try Programs.run(
        program,
        [
          "train", data.bin, "--arch", "gated_transformer", "--gated-channels", "16",
          "--finetune-from-model", data.path("raw"), "--optimizer", "sgd", "--lr", "0",
          "--max-tokens", "300", "--max-update", "1", "--save-dir", data.path("tuned"),
        ])
      #expect(tuned.code == 0 && tuned.errors.contains("loaded \(data.path("raw"))"))
      let listed = try Programs.run(program, ["generate", "--list"])
      #expect(listed.output.contains("raw_folder"))
      // The ordinary program does not know the architecture, and says so.
      let refused = try Programs.run(
        "fairline-generate", [data.bin, "--path", save + "/checkpoint_best.safetensors"])
      #expect(refused.code == 2)
      #expect(refused.errors.contains("gated_transformer"))
    }
  }

  /// The copy task makes its own data; the other parts of the plug-in are chosen by name.
  @Test(.timeLimit(.minutes(30))) func aTaskOfItsOwnIsTrainedAndGeneratedFor() throws {
    let program = try Examples.program("gated", of: "plugin")
    func run(_ arguments: [String], input: String = "") throws -> String {
      let run = try Programs.run(program, arguments, input: input)
      #expect(run.code == 0, "\(run.errors)")
      return run.output
    }
    try withTemporaryFolder { folder in
      let save = folder.appendingPathComponent("copy").path
      _ = try run([
        "train", "--task", "copy", "--copy-letters", "3", "--copy-length", "3", "--arch",
        "gated_transformer", "--gated-channels", "32", "--gated-layers", "1", "--dropout", "0",
        "--optimizer", "adam", "--lr", "0.01", "--max-epoch", "8", "--no-save-optimizer-state",
        "--no-epoch-checkpoints", "--save-dir", save,
      ])
      let model = ["--path", save + "/checkpoint_best.safetensors", "--max-len-b", "6"]
      func hypotheses(_ more: [String]) throws -> [Substring] {
        try run(["generate"] + model + more).split(separator: "\n")
          .filter { $0.hasPrefix("H-") }.map { $0.split(separator: "\t").last ?? "" }
      }
      let scored = try run(["generate", "--quiet", "--scoring", "exact"] + model)
      let value = scored.split(separator: " ").last.flatMap { Double($0.dropLast()) }
      #expect(scored.hasPrefix("Generate test with beam=5: exact = "))
      #expect(try #require(value) > 50, "copying is learned")
      // Without a margin, only what is best at each step is left.
      let pruned = ["--search", "pruned_beam", "--prune-margin", "0"]
      let greedy = try hypotheses(["--beam", "1"])
      #expect(try hypotheses(pruned + ["--beam", "4"]) == greedy && greedy.count == 50)
      let copied = try run(
        ["interactive", "--plain", "--beam", "1"] + model, input: "a b\nc\n\na a c\n")
      #expect(copied.split(separator: "\n", omittingEmptySubsequences: false).count == 5)
      let letters = try run(
        ["interactive", "--plain", "--beam", "1", "--bpe", "letters"] + model, input: "ab\n")
      #expect(letters == (copied.split(separator: "\n")[0].filter { $0 != " " }) + "\n")
    }
  }

  @Test(.timeLimit(.minutes(30))) func metricsAndTokenizersOfAPlugInAreChosenByName() throws {
    let program = try Examples.program("gated", of: "plugin")
    try withTemporaryFolder { folder in
      func put(_ text: String, _ name: String) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
      }
      let texts = [try put("a b\nc d\n", "sys"), try put("a b\ncd\n", "ref")]
      let files = ["score", "--metric", "exact", "--sys", texts[0], "--ref", texts[1]]
      #expect(try Programs.run(program, files).output == "exact = 50.00\n")
      let loose = try Programs.run(program, files + ["--match-ignores-space"])
      #expect(loose.output == "exact = 100.00\n")
      let refused = try Programs.run(
        program, ["score", "--match-ignores-space", "--sys", texts[0], "--ref", texts[1]])
      #expect(refused.code == 2)
      #expect(refused.errors.contains("--match-ignores-space needs --metric exact"))
      _ = try put("ab c\n", "train.en")
      let bin = folder.appendingPathComponent("bin").path
      let made = try Programs.run(
        program,
        [
          "preprocess", "--only-source", "--source-lang", "en", "--trainpref",
          folder.appendingPathComponent("train").path, "--destdir", bin, "--bpe", "letters",
          "--letter-mark", "_", "--padding-factor", "1",
        ])
      #expect(made.code == 0, "\(made.errors)")
      let dictionary = try String(contentsOfFile: bin + "/dict.en.txt", encoding: .utf8)
      #expect(Set(dictionary.split(separator: "\n")) == ["a 1", "b 1", "_ 1", "c 1"])
      let list = try Programs.run(program, ["train", "--list"]).output
      for name in [
        "copy", "pruned_beam", "exact", "letters", "focal", "gated_transformer", "raw_folder",
        "lion", "newbob", "ssp3", "smooth_loss",
      ] {
        #expect(list.contains("  \(name) "), "\(name)")
      }
    }
  }

  /// A solver of the plug-in is chosen by name, in training and from a checkpoint.
  @Test(.timeLimit(.minutes(30))) func aSolverOfAPlugInIsChosenByName() throws {
    let program = try Examples.program("gated", of: "plugin")
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let node = [
        "--arch", "node_transformer", "--node-encoder", "--node-method", "ssp3", "--node-steps",
        "2", "--encoder-embed-dim", "16", "--encoder-ffn-embed-dim", "16",
        "--encoder-attention-heads", "2", "--decoder-attention-heads", "2", "--decoder-layers",
        "1", "--optimizer", "adam", "--lr", "0.01", "--max-tokens", "300", "--max-update", "3",
        "--log-interval", "1", "--save-dir", data.path("node"),
      ]
      let trained = try Programs.run(program, ["train", data.bin] + node)
      #expect(trained.code == 0, "\(trained.errors)")
      // Two steps of three stages.
      #expect(trained.errors.contains("nfe_encoder 6"), "\(trained.errors)")
      let path = ["--path", data.path("node/checkpoint_last.safetensors"), "--max-len-b", "6"]
      let found = try Programs.run(program, ["generate", data.bin] + path)
      #expect(found.code == 0 && found.output.contains("H-0"), "\(found.errors)")
      // The ordinary program has no such solver.
      let refused = try Programs.run("fairline-generate", [data.bin] + path)
      #expect(refused.code != 0 && refused.errors.contains("no solver named 'ssp3'"))
    }
  }

  /// A program of all jobs is ten lines at most, and says which jobs there are.
  @Test(.timeLimit(.minutes(30))) func theProgramIsShort() throws {
    let program = try Examples.program("gated", of: "plugin")
    let source = try String(
      contentsOf: Examples.root.appending(path: "examples/plugin/Sources/gated/main.swift"),
      encoding: .utf8)
    #expect(source.split(separator: "\n").count <= 10)
    let refused = try Programs.run(program, ["translate"])
    #expect(refused.code == 2)
    let named = try #require(refused.errors.split(separator: "give one of ").last)
    let jobs = named.trimmingCharacters(in: .newlines).split(separator: ", ").map(String.init)
    let sources = Examples.root.appending(path: "Sources").path
    let programs = try FileManager.default.contentsOfDirectory(atPath: sources)
      .filter { $0.hasPrefix("fairline-") }.map { String($0.dropFirst("fairline-".count)) }
    #expect(programs.count > 5 && Set(jobs) == Set(programs))
  }

  /// The program of the documentation translates a sentence, in fewer than ten lines.
  @Test(.timeLimit(.minutes(30))) func theShortestProgramTranslates() throws {
    let program = try Examples.program("translate", of: "translate")
    let source = try String(
      contentsOf: Examples.root.appending(
        path: "examples/translate/Sources/translate/main.swift"), encoding: .utf8)
    #expect(source.split(separator: "\n").count < 10)
    for page in ["README.md", "Sources/Fairline/Documentation.docc/TranslatingText.md"] {
      let text = try String(contentsOf: Examples.root.appending(path: page), encoding: .utf8)
      #expect(text.contains("```swift\n\(source)```"), "\(page) shows another program")
    }
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "4"]) == 0)
      try FileManager.default.copyItem(
        atPath: data.path("model/checkpoint_last.safetensors"),
        toPath: data.path("checkpoint_best.safetensors"))
      let run = try Programs.run(program, [], in: folder)
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output.split(separator: "\n").count <= 1 && run.output.hasSuffix("\n"))
    }
  }

  /// Writes a model in the plug-in's own format of raw tensors; gates have another name there.
  private func writeRaw(_ checkpoint: String, to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = try ModelFile.load(checkpoint)
    var tensors = JSONObject()
    for name in file.parameters.names {
      let shape = try #require(file.parameters.shape(of: name))
      let other = name.replacing(/\.gate$/, with: ".alpha")
      #expect(other == name || name.contains("gates."))
      tensors[other] = .array(shape.map { .integer($0) })
      let bytes = try file.parameters.floats(name).withUnsafeBytes { Data($0) }
      try bytes.write(to: folder.appending(path: other + ".bin"))
    }
    for (name, bytes) in try file.assets() {
      try Data(bytes).write(to: folder.appending(path: name + ".txt"))
    }
    let header = file.header
    let index: JSONValue = [
      "format": "raw-tensors", "architecture": .string(file.architecture),
      "settings": header.architecture.settings,
      "sourceSymbols": .integer(header.description.sourceSymbols),
      "targetSymbols": .integer(header.description.targetSymbols), "tensors": .object(tensors),
    ]
    try Data(index.prettyText.utf8).write(to: folder.appending(path: "index.json"))
  }

  /// The package's own tests: its search with caches finds what search over whole prefixes finds.
  @Test(.timeLimit(.minutes(30))) func anOutsidePackagePassesItsTests() throws {
    let tested = try Examples.test("plugin")
    #expect(tested.code == 0, "\(tested.output) \(tested.errors)")
    #expect(tested.output.contains("cachedSearchIsTheRecomputedOne"))
    #expect(tested.output.contains("halvedStepsDivideTheErrorByEight"))
    #expect(tested.output.contains("theKernelIsTheFormula"))
  }
}
