import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTasks
import FairlineTesting
import Foundation
import Testing

/// A flag of a component that was not chosen is refused with the name of one that it belongs to.
@Suite struct FlagOwnerTests {
  static let choices = [
    ("translation", "transformer"), ("translation", "lstm"), ("translation", "fconv"),
    ("translation", "transformer_align"), ("translation", "node_transformer"),
    ("language_modeling", "transformer_lm"), ("language_modeling", "lstm_lm"),
    ("language_modeling", "fconv_lm"), ("language_modeling", "node_transformer_lm"),
  ]

  @Test(arguments: choices) func everyForeignFlagIsNamed(task: String, arch: String) throws {
    let catalog = try Catalog([
      StandardTraining.self, StandardTasks.self, StandardModels.self, NodeTransformerPlugin.self,
    ])
    let chosen: [any AnyDraft] = [
      try catalog.tasks.select(task).draft, try catalog.architectures.select(arch).draft,
    ]
    let own = Set(chosen.flatMap(\.formats).flatMap(\.flags))
    var refused: Set<String> = []
    for draft in catalog.drafts {
      for format in draft.formats {
        for flag in format.flags where !own.contains(flag) && !refused.contains(flag) {
          let parser = try CommandLineParser(
            program: "fairline-train", drafts: chosen, others: { catalog.drafts })
          do {
            _ = try parser.parse([flag, "1"])
            Issue.record("\(flag) of the \(draft.title) is taken")
          } catch OptionError.otherComponent(let named, let owners) {
            #expect(named == flag)
            #expect(owners.contains(draft.title), "\(flag): \(owners)")
          }
          refused.insert(flag)
        }
      }
    }
    #expect(refused.count > 60)
    // Of the flags that users confuse, those that this choice lacks are among them.
    let known = [
      "--tokens-per-sample", "--sample-break-mode", "--target-lang", "--source-lang",
      "--load-alignments", "--node-method", "--node-encoder", "--encoder-layers",
      "--decoder-hidden-size", "--residuals", "--decoder-learned-pos", "--alignment-heads",
      "--encoder-bidirectional", "--share-all-embeddings", "--label-smoothing",
    ]
    for flag in known { #expect(own.contains(flag) || refused.contains(flag), "\(flag)") }
  }

  /// Flags of other programs are named with these.
  @Test func flagsOfOtherProgramsAreNamed() throws {
    for (program, flag, words) in [
      ("fairline-train", "--beam", "--beam belongs to fairline-generate and fairline-interactive"),
      ("fairline-train", "--context-window", "--context-window belongs to fairline-eval-lm"),
      ("fairline-eval-lm", "--constraints", "--constraints belongs to fairline-generate and"),
      ("fairline-eval-lm", "--lr", "--lr belongs to fairline-train"),
      ("fairline-validate", "--lm-path", "--lm-path belongs to fairline-generate and"),
      ("fairline-interactive", "--output-word-probs", "belongs to fairline-eval-lm"),
      ("fairline-generate", "--max-update", "--max-update belongs to fairline-train"),
      ("fairline-preprocess", "--arch", "--arch belongs to fairline-train"),
      ("fairline-score", "--beam", "--beam belongs to fairline-generate"),
      ("fairline-quantize", "--lr", "--lr belongs to fairline-train"),
      ("fairline-average", "--lr", "--lr belongs to fairline-train"),
      ("fairline-shortlist", "--lr", "--lr belongs to fairline-train"),
      ("fairline-import", "--lr", "--lr belongs to fairline-train"),
    ] {
      let needed =
        program == "fairline-train" ? ["--arch", "transformer", "--optimizer", "adam"] : []
      let run = try Programs.run(program, needed + [flag, "1"])
      #expect(run.code == 2 && run.errors.contains(words), "\(program): \(run.errors)")
    }
  }

  /// Settings of a file are named like flags, with the file.
  @Test func settingsOfAFileAreNamed() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("settings.json").path
      for (setting, words) in [
        ("node_method", "--node-method in \(path) belongs to the architecture node_transformer"),
        ("self-target", "--self-target in \(path) belongs to the task language_modeling"),
        ("moses-no-dash-splits", "--moses-no-dash-splits in \(path) belongs to the word tokenizer"),
        ("bpe-cased", "--bpe-cased in \(path) is not supported"),
      ] {
        try Data("{\"\(setting)\": true}".utf8).write(to: URL(fileURLWithPath: path))
        let run = try Programs.run(
          "fairline-train",
          ["data", "--arch", "transformer", "--optimizer", "adam", "--config", path])
        #expect(run.code == 2 && run.errors.contains(words), "\(setting): \(run.errors)")
      }
    }
  }

  /// The programs that read a checkpoint name them too.
  @Test func programsWithAModelNameThem() throws {
    try withTemporaryFolder { folder in
      let text = try TinyText(in: folder)
      let trained = try Programs.run(
        "fairline-train",
        [
          text.bin, "--task", "language_modeling", "--arch", "transformer_lm_gpt2_tiny",
          "--decoder-embed-dim", "16", "--decoder-attention-heads", "2", "--max-tokens", "400",
          "--tokens-per-sample", "32", "--optimizer", "adam", "--max-update", "1", "--save-dir",
          text.path("model"),
        ])
      #expect(trained.code == 0, "\(trained.errors)")
      let path = text.path("model/checkpoint_last.safetensors")
      for (program, flag, words) in [
        ("fairline-eval-lm", "--target-lang", "--target-lang belongs to the task translation"),
        ("fairline-validate", "--source-lang", "--source-lang belongs to the task translation"),
        ("fairline-generate", "--source-lang", "--source-lang belongs to the task translation"),
        ("fairline-eval-lm", "--node-method", "--node-method"),
      ] {
        let run = try Programs.run(
          program, [text.bin, "--path", path, "--max-tokens", "200", flag, "de"])
        #expect(run.code == 1 || run.code == 2, "\(program) \(flag)")
        #expect(run.errors.contains(words), "\(program): \(run.errors)")
      }
    }
  }
}
