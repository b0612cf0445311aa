import Fairline
import FairlineTesting
import Foundation
import Testing

/// Architectures other than the Transformer, trained and searched with by the programs.
@Suite(.serialized) struct FamilyTrainingTests {
  static let families: [String: [String]] = [
    "lstm": [
      "--arch", "lstm", "--encoder-embed-dim", "12", "--encoder-bidirectional",
      "--encoder-layers", "2", "--decoder-layers", "2", "--decoder-embed-dim", "12",
      "--decoder-out-embed-dim", "8", "--dropout", "0.2",
    ],
    "fconv": [
      "--arch", "fconv", "--encoder-embed-dim", "12", "--decoder-embed-dim", "12",
      "--encoder-layers", "[(12, 3)] * 2", "--decoder-layers", "[(12, 3), (16, 2)]",
      "--decoder-out-embed-dim", "8", "--dropout", "0.2",
    ],
    "adaptive": [
      "--arch", "transformer_tiny", "--encoder-embed-dim", "16", "--adaptive-softmax-cutoff",
      "6,9", "--adaptive-softmax-factor", "2", "--adaptive-softmax-dropout", "0.2",
      "--criterion", "adaptive_loss",
    ],
    "adaptive lstm": [
      "--arch", "lstm", "--encoder-embed-dim", "12", "--decoder-embed-dim", "12",
      "--decoder-out-embed-dim", "8", "--adaptive-softmax-cutoff", "6", "--criterion",
      "adaptive_loss",
    ],
    "transformer_align": [
      "--arch", "transformer_align", "--encoder-layers", "2", "--decoder-layers", "2",
      "--encoder-embed-dim", "16", "--encoder-ffn-embed-dim", "16", "--encoder-attention-heads",
      "2", "--decoder-attention-heads", "2", "--alignment-layer", "1", "--criterion",
      "label_smoothed_cross_entropy_with_alignment", "--label-smoothing", "0.1",
      "--load-alignments",
    ],
    "recurrent decoder": [
      "--arch", "transformer_ssru_tiny", "--encoder-embed-dim", "16", "--encoder-ffn-embed-dim",
      "16", "--encoder-layers", "1", "--encoder-attention-heads", "2", "--decoder-attention-heads",
      "2", "--share-all-embeddings", "--dropout", "0.2",
    ],
    "rdrop": [
      "--arch", "transformer_tiny", "--encoder-embed-dim", "16", "--dropout", "0.2",
      "--encoder-layerdrop", "0.3", "--criterion", "label_smoothed_cross_entropy_with_rdrop",
      "--rdrop-alpha", "2", "--label-smoothing", "0.1", "--report-accuracy",
    ],
  ]

  /// A corpus of reversed sentences with its alignments.
  private func makeData(in folder: URL) throws -> TinyData {
    let data = try TinyData(in: folder)
    for name in ["train", "valid", "test"] {
      let lines = try String(contentsOfFile: data.path("\(name).en"), encoding: .utf8)
      let links = lines.split(separator: "\n").map { line in
        let count = line.split(separator: " ").count
        return (0..<count).map { "\($0)-\(count - 1 - $0)" }.joined(separator: " ")
      }
      try Data((links.joined(separator: "\n") + "\n").utf8)
        .write(to: URL(fileURLWithPath: data.path("\(name).align")))
    }
    let made = try Programs.run(
      "fairline-preprocess",
      [
        "--source-lang", "en", "--target-lang", "de", "--joined-dictionary", "--trainpref",
        data.path("train"), "--validpref", data.path("valid"), "--testpref", data.path("test"),
        "--align-suffix", "align", "--destdir", data.path("aligned"),
      ])
    try #require(made.code == 0, "\(made.errors)")
    return data
  }

  private func train(
    _ data: TinyData, _ family: String, _ save: String, _ more: [String]
  ) throws -> (code: Int32, output: String, errors: String) {
    let own = try #require(Self.families[family])
    return try Programs.run(
      "fairline-train",
      [
        data.path("aligned"), "--optimizer", "adam", "--lr", "0.003", "--max-tokens", "60",
        "--update-freq", "2", "--clip-norm", "1", "--save-dir", data.path(save),
        "--log-format", "json", "--log-interval", "1",
      ] + own + more)
  }

  @Test(arguments: families.keys.sorted()) func trainsGoesOnAndTranslates(
    _ family: String
  ) throws {
    try withTemporaryFolder { folder in
      let data = try makeData(in: folder)
      let whole = try train(data, family, "whole", ["--max-update", "5"])
      #expect(whole.code == 0, "\(whole.errors)")
      if family == "transformer_align" {
        #expect(whole.errors.contains("alignment_loss"))
      }
      if family == "rdrop" { #expect(whole.errors.contains("rdrop_kl_loss")) }
      let first = try train(data, family, "parts", ["--max-update", "2"])
      #expect(first.code == 0, "\(first.errors)")
      let second = try train(data, family, "parts", ["--max-update", "5"])
      #expect(second.code == 0, "\(second.errors)")
      let name = "checkpoint_last.safetensors"
      let tensors = try tensorBytes(data.path("whole/\(name)"))
      #expect(!tensors.isEmpty)
      #expect(try tensors == tensorBytes(data.path("parts/\(name)")))
      func translate(_ more: [String]) throws -> [String] {
        let run = try Programs.run(
          "fairline-generate",
          [
            data.path("aligned"), "--path", data.path("whole/\(name)"), "--beam", "3",
            "--max-len-b", "8", "--print-alignment",
          ] + more)
        #expect(run.code == 0, "\(run.errors)")
        return run.output.split(separator: "\n").map(String.init)
      }
      let found = try translate([])
      #expect(found.count { $0.hasPrefix("H-") } == 12)
      // Neither batch mates nor workers change what is found.
      #expect(
        try translate(["--batch-size", "1", "--required-batch-size-multiple", "1"]).sorted()
          == found.sorted())
      #expect(try translate(["--quantize", "int8"]).count { $0.hasPrefix("H-") } == 12)
    }
  }

  @Test func flagsThatDoNotFitAreNamed() throws {
    try withTemporaryFolder { folder in
      let data = try makeData(in: folder)
      for (family, flags, words) in [
        ("lstm", ["--decoder-layers", "1"], "--decoder-layers"),
        ("lstm", ["--encoder-layerdrop", "0.1"], "--encoder-layerdrop"),
        ("fconv", ["--decoder-embed-dim", "16"], "--decoder-embed-dim"),
        ("fconv", ["--decoder-attention", "[True]"], "--decoder-attention"),
        ("fconv", ["--encoder-layers", "__import__('os')"], "--encoder-layers"),
        ("transformer_align", ["--alignment-layer", "4"], "--alignment-layer"),
        ("transformer_align", ["--alignment-heads", "3"], "--alignment-heads"),
        ("rdrop", ["--arch", "node_transformer", "--cross-self-attention"], "--cross-self"),
        ("rdrop", ["--encoder-layers-to-keep", "0,7"], "--encoder-layers-to-keep"),
        ("rdrop", ["--adaptive-softmax-cutoff", "6"], "--criterion adaptive_loss"),
        ("transformer_align", ["--adaptive-softmax-cutoff", "6"], "--criterion adaptive_loss"),
        (
          "adaptive", ["--criterion", "label_smoothed_cross_entropy"],
          "--criterion label_smoothed_cross_entropy needs the probabilities of all symbols"
        ),
        ("adaptive", ["--adaptive-softmax-cutoff", "9,6"], "--adaptive-softmax-cutoff"),
        ("adaptive", ["--adaptive-softmax-cutoff", "6,99"], "--adaptive-softmax-cutoff 6,99"),
        (
          "adaptive", ["--adaptive-input"],
          "--adaptive-input belongs to the architecture transformer_lm"
        ),
        (
          "lstm", ["--adaptive-softmax-factor", "2"],
          "--adaptive-softmax-factor belongs to the architecture transformer"
        ),
        ("lstm", ["--criterion", "adaptive_loss"], "give --adaptive-softmax-cutoff"),
        ("fconv", ["--criterion", "adaptive_loss"], "give --adaptive-softmax-cutoff"),
        (
          "fconv", ["--adaptive-softmax-cutoff", "6"],
          "--adaptive-softmax-cutoff belongs to the architecture lstm"
        ),
      ] {
        let run = try train(data, family, "refused", ["--max-update", "1"] + flags)
        #expect(run.code != 0 && run.errors.contains(words), "\(flags): \(run.errors)")
      }
      let common = ["--max-tokens", "60", "--save-dir", data.path("x"), "--max-update", "1"]
      func refusal(_ arguments: [String]) throws -> String {
        let run = try Programs.run("fairline-train", arguments + common)
        #expect(run.code == 1)
        return run.errors
      }
      let guided = [
        "--criterion", "label_smoothed_cross_entropy_with_alignment", "--optimizer", "adam",
      ]
      #expect(
        try refusal([data.path("aligned"), "--arch", "transformer_tiny"] + guided)
          .contains("--arch transformer_align"))
      let family =
        try #require(Self.families["transformer_align"]) + ["--optimizer", "adam"]
      #expect(try refusal([data.bin] + family).contains("--align-suffix"))
      #expect(
        try refusal([data.path("aligned")] + family.filter { $0 != "--load-alignments" })
          .contains("--load-alignments"))
    }
  }
}
