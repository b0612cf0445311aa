import Fairline
import FairlineTesting
import Foundation
import Testing

@Suite struct CommandLineParserTests {
  @Test func fillsEveryKindOfValue() throws {
    let sample = try parse(
      "corpus", "--embed-dim", "64", "-s", "de", "--max-sentences=32", "--lr", "-0.5", "--eps=1e-6",
      "--adam-betas", "(0.9, 0.98)", "--colour", "blue", "--shapes", "[[1, 2], [3]]",
      "--overrides", "{'beam': 5, 'x': True}"
    ).sample
    #expect(sample.data == "corpus")
    #expect(sample.inner.dim == 64)
    #expect(sample.language == "de")
    #expect(sample.batchSize == 32)
    #expect(sample.rate == -0.5)
    #expect(sample.epsilon == 1e-6)
    #expect(sample.betas == [0.9, 0.98])
    #expect(sample.colour == .blue)
    #expect(sample.shapes == [[1, 2], [3]])
    #expect(sample.overrides == ["beam": 5, "x": true])
  }

  @Test(arguments: ["[0.0,1.0]", "(0.0, 1.0)", "0.0,1.0", "0,1", "[0, 1,]", " 0 , 1 "])
  func readsListsInEveryWriting(_ text: String) throws {
    #expect(try parse("--adam-betas=\(text)").sample.betas == [0, 1])
  }

  @Test func readsSwitches() throws {
    let on = [
      ["--normalize-before"], ["--normalize-before", "true"], ["--normalize-before=True"],
      ["--normalize-before=1"], ["--no-normalize-before", "--normalize-before"],
    ]
    for arguments in on {
      let draft = Draft<Sample>("Sample")
      _ = try CommandLineParser(program: "p", drafts: [draft]).parse(arguments)
      #expect(draft.value.inner.isPreNorm, "\(arguments)")
    }
    for arguments in [["--no-left-pad"], ["--left-pad", "False"], ["--left-pad=false"]] {
      let draft = Draft<Sample>("Sample")
      _ = try CommandLineParser(program: "p", drafts: [draft]).parse(arguments)
      #expect(!draft.value.leftPad, "\(arguments)")
    }
    let bare = try parse("--left-pad", "corpus")
    #expect(bare.sample.leftPad)
    #expect(bare.sample.data == "corpus")
    #expect(bare.result.warnings.count == 1)
  }

  @Test func readsOptionalAndCollectedValues() throws {
    #expect(try parse("--remove-bpe").sample.separator == "@@ ")
    #expect(try parse("--remove-bpe", "--lr", "1").sample.separator == "@@ ")
    #expect(try parse("--remove-bpe=").sample.separator == "")
    #expect(try parse("--remove-bpe", "sentencepiece").sample.separator == "sentencepiece")
    #expect(try parse("--inputs", "a", "b,c", "d").sample.inputs == ["a", "b,c", "d"])
    #expect(try parse("--inputs", "a,b", "--lr", "1").sample.inputs == ["a", "b"])
    #expect(try parse("--batch-size", "none").sample.batchSize == nil)
  }

  @Test func twoPassesAgree() throws {
    let first = try parse("--unknown", "3", "--embed-dim", "7", "-x", ignoringUnknown: true)
    #expect(first.sample.inner.dim == 7)
    #expect(first.sample.data.isEmpty)
    #expect(first.result.given == ["embed-dim"])
  }

  @Test func doubleDashEndsFlags() throws {
    #expect(try parse("--", "--odd-name").sample.data == "--odd-name")
  }

  @Test func errorsNameFlagAndRemedy() {
    let cases: [([String], String)] = [
      (["--embed-dmi", "3"], "unknown flag --embed-dmi; did you mean --embed-dim?"),
      (["--zzzzzz"], "unknown flag --zzzzzz"),
      (["--embed-dim"], "--embed-dim needs a value: --embed-dim N"),
      (["--embed-dim", "--lr", "3"], "--embed-dim needs a value: --embed-dim N"),
      (["--embed-dim", "x"], "--embed-dim: 'x' is not a whole number"),
      (["--eps", "0x10"], "--eps: '0x10' is not a number"),
      (
        ["--colour", "gren"],
        "--colour: 'gren' is not one of red, green, blue; did you mean 'green'?"
      ),
      (["--left-pad=maybe"], "--left-pad: 'maybe' is not true or false"),
      (["a", "b"], "unexpected argument 'b': see --help for what this program takes"),
      (
        ["--tensorboard-logdir", "x"],
        "--tensorboard-logdir is not supported: use --log-format json and --log-file to keep the "
          + "numbers"
      ),
    ]
    for (arguments, expected) in cases {
      let draft = Draft<Sample>("Sample")
      let text = message {
        _ = try CommandLineParser(program: "p", drafts: [draft]).parse(arguments)
      }
      #expect(text == expected)
    }
  }

  @Test func refusesAFlagDeclaredTwice() {
    let text = message {
      _ = try CommandLineParser(
        program: "p", drafts: [Draft<Sample>("Model"), Draft<Inner>("Optimizer")])
    }
    #expect(
      text == "--embed-dim is declared by both Model and Optimizer: one of them must rename it")
  }

  @Test func acceptsFlagsWithoutMeaning() throws {
    let (sample, result) = try parse(
      "--cpu", "--ddp-backend", "no_c10d", "--fp16", "true", "--num-workers=4", "corpus")
    #expect(sample.data == "corpus")
    #expect(result.warnings.count == 4)
    #expect(result.warnings[0].hasPrefix("--cpu has no effect"))
  }

  @Test func helpShowsThePresetsDefaultsWithinTheWidth() throws {
    var preset = Sample()
    preset.inner.dim = 77
    let parser = try CommandLineParser(
      program: "sample", summary: "Does a thing.", drafts: [Draft("Sample settings", preset)])
    for width in [50, 80] {
      let help = parser.help(width: width)
      #expect(help.contains("default: 77"))
      #expect(help.contains("-s, --source-lang LANG"))
      #expect(help.contains("Sample settings:"))
      #expect(help.contains("--completion"))
      #expect(help.split(separator: "\n").allSatisfy { $0.count <= width })
    }
    let request = try parser.parse(["--nonsense", "-h"]).request
    #expect(request == .help)
  }

  @Test func printsAndReadsSettings() throws {
    let draft = Draft<Sample>("Sample")
    let parser = try CommandLineParser(program: "sample", drafts: [draft])
    let request = try parser.parse([
      "corpus", "--batch-size", "none", "--adam-betas", "0.5,0.6", "--colour", "green",
      "--print-config", "--inputs", "x,y", "--overrides", "{\"beam\": 5}",
    ]).request
    #expect(request == .settings)
    let text = parser.resolvedSettings().prettyText
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("fairline-\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let read = try parse("--config", path).sample
    #expect(read == draft.value)
    let overridden = try parse("--config=\(path)", "--embed-dim", "3", "--colour=red").sample
    #expect(overridden.inner.dim == 3)
    #expect(overridden.colour == .red)
    #expect(overridden.betas == [0.5, 0.6])
    try #"{"model": {"embed_dim": 9}, "embed-dmi": 3}"#.write(
      toFile: path, atomically: true, encoding: .utf8)
    let error = message { _ = try parse("--config", path) }
    #expect(error == "unknown flag --embed-dmi in \(path); did you mean --embed-dim?")
    #expect(try parse("--config", path, ignoringUnknown: true).sample.inner.dim == 9)
  }

  @Test func completionScriptsNameEveryFlag() throws {
    let parser = try CommandLineParser(program: "fairline-sample", drafts: [Draft<Sample>("S")])
    for shell in Shell.allCases {
      let script = parser.completionScript(for: shell)
      for name in ["embed-dim", "source-lang", "colour", "completion"] {
        #expect(script.contains(name), "\(shell) \(name)")
      }
      #expect(script.contains("red green blue"))
    }
    #expect(try parser.parse(["--completion", "zsh"]).request == .completion(.zsh))
  }
}
