import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct ShortlistTests {
  private let pairs = TinyTransformer.pairs

  private func search(
    _ shortlist: Shortlist?, _ precision: InferencePrecision, seeds: [UInt64] = [3],
    of sentences: [Int]? = nil, change: (inout GenerationSettings) -> Void = { _ in }
  ) throws -> [[Hypothesis]] {
    var preparation = SearchPreparation()
    preparation.precision = precision
    if let shortlist { preparation.candidates = { shortlist.candidates(for: $0) } }
    let settings = GenerationSettings().with {
      $0.beam = 4
      $0.maxLenB = 12
      change(&$0)
    }
    return try SequenceGenerator(
      models: seeds.map { try TinyTransformer.make(seed: $0) }, settings: settings,
      preparation: preparation
    ).generate(
      (sentences ?? Array(pairs.sources.indices)).map { place -> GenerationInput in
        GenerationInput(id: place, source: pairs.sources[place])
      })
  }

  private func full() -> Shortlist {
    Shortlist(
      lists: Array(repeating: [], count: TinyTransformer.symbols),
      frequent: (0..<Int32(TinyTransformer.symbols)).map { $0 },
      targetSymbols: TinyTransformer.symbols)
  }

  static let changes: [@Sendable (inout GenerationSettings) -> Void] = [
    { _ in }, { $0.beam = 1 }, { $0.noRepeatNgramSize = 2 }, { $0.unkpen = -2 },
    { $0.minLen = 5 }, { $0.diverseBeamGroups = 2 },
  ]

  @Test(arguments: changes.indices) func aListOfEverythingChangesNothing(_ change: Int) throws {
    for precision in InferencePrecision.allCases {
      let plain = try search(nil, precision, change: Self.changes[change])
      let listed = try search(full(), precision, change: Self.changes[change])
      #expect(plain.map { $0.map(\.tokens) } == listed.map { $0.map(\.tokens) })
      for (a, b) in zip(plain.joined(), listed.joined()) {
        #expect(abs(a.score - b.score) < 1e-5)
      }
    }
  }

  /// Lists of two symbols for each word, so that sentences have few candidates.
  private func narrow() -> Shortlist {
    let lists = (0..<TinyTransformer.symbols).map { word -> [Int32] in
      let (first, second) = (word % 19, word * 7 % 19)
      return [Int32(4 + first), Int32(4 + second)]
    }
    return Shortlist(lists: lists, frequent: [8], targetSymbols: TinyTransformer.symbols)
  }

  @Test(arguments: [[3], [3, 4], [5, 6, 7]])
  func sentencesDoNotDependOnOthers(_ seeds: [UInt64]) throws {
    for precision in InferencePrecision.allCases {
      let together = try search(narrow(), precision, seeds: seeds)
      for (place, found) in together.enumerated() {
        #expect(try search(narrow(), precision, seeds: seeds, of: [place]) == [found])
      }
    }
  }

  @Test func onlyListedSymbolsAppear() throws {
    let shortlist = narrow()
    for precision in InferencePrecision.allCases {
      let together = try search(shortlist, precision)
      for (source, hypotheses) in zip(pairs.sources, together) {
        let allowed = Set(shortlist.candidates(for: source[...]))
        for hypothesis in hypotheses { #expect(allowed.isSuperset(of: hypothesis.tokens)) }
        #expect(!hypotheses.isEmpty)
      }
    }
  }

  @Test func candidatesAreSortedAndComplete() {
    let shortlist = Shortlist(
      lists: [[], [], [], [], [9, 7], [7, 12]], frequent: [5, 20], targetSymbols: 30)
    #expect(shortlist.candidates(for: [4, 5, 2]) == [0, 1, 2, 3, 5, 7, 9, 12, 20])
    #expect(shortlist.candidates(for: [2, 99]) == [0, 1, 2, 3, 5, 20])
  }

  @Test func programsLearnAndUseALists() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 300)
      #expect(data.train("model", ["--max-update", "8"]) == 0)
      let path = data.path("model/checkpoint_last.safetensors")
      let file = data.path("short.safetensors")
      let made = try Programs.run(
        "fairline-shortlist", [data.bin, "--to", file, "--best", "2", "--frequent", "0"])
      #expect(made.code == 0, "\(made.errors)")
      let shortlist = try Shortlist(contentsOf: file)
      // In this corpus every word is translated by itself.
      for word in 4..<12 {
        let list = shortlist.symbols[
          Int(shortlist.offsets[word])..<Int(shortlist.offsets[word + 1])]
        #expect(list.first == Int32(word))
      }
      func run(_ more: [String]) throws -> (code: Int32, output: String, errors: String) {
        try Programs.run(
          "fairline-generate", [data.bin, "--path", path, "--max-len-b", "8"] + more)
      }
      let listed = try run(["--shortlist", file, "--quantize", "int8"])
      #expect(listed.code == 0 && listed.output.contains("H-11"), "\(listed.errors)")
      let apart = try run([
        "--shortlist", file, "--quantize", "int8", "--batch-size", "1", "--workers", "1",
        "--keep-order",
      ])
      let hypotheses = { (text: String) in
        text.split(separator: "\n").filter { $0.hasPrefix("H-") }.sorted()
      }
      #expect(hypotheses(listed.output) == hypotheses(apart.output))
      #expect(try run(["--shortlist", path]).errors.contains("no shortlist"))
      #expect(
        try run(["--shortlist", file, "--sampling", "--nbest", "5"]).errors.contains("--sampling"))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
      try bytes.dropLast(4).write(to: URL(fileURLWithPath: file))
      #expect(try run(["--shortlist", file]).code != 0)
    }
  }

  @Test func programsTakeOverALexiconInText() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 60)
      #expect(data.train("model", ["--max-update", "8"]) == 0)
      let path = data.path("model/checkpoint_last.safetensors")
      let dictionary = try String(
        contentsOf: URL(fileURLWithPath: data.path("bin/dict.en.txt")), encoding: .utf8)
      let words = dictionary.split(separator: "\n").compactMap { $0.split(separator: " ").first }
      // Every word is translated by itself, or, less probably, by the first one.
      let text = words.map { "\(words[0]) \($0) 0.2\n\($0) \($0) 0.8\n" }.joined()
      let lexicon = data.path("lex.s2t")
      try Data(text.utf8).write(to: URL(fileURLWithPath: lexicon))
      let file = data.path("short.safetensors")
      func make(_ more: [String]) throws -> (code: Int32, output: String, errors: String) {
        try Programs.run("fairline-shortlist", ["--from", lexicon, "--to", file] + more)
      }
      for source in [["--model", path], [data.bin]] {
        let made = try make(source + ["--frequent", "0", "--best", "1", "--threshold", "0.5"])
        #expect(made.code == 0, "\(made.errors)")
        let shortlist = try Shortlist(contentsOf: file)
        for word in 4..<Int32(words.count) {
          let range = shortlist.offsets[Int(word)]..<shortlist.offsets[Int(word) + 1]
          #expect(range.map { shortlist.symbols[Int($0)] } == [word])
        }
      }
      func run(_ list: String) throws -> (code: Int32, output: String, errors: String) {
        try Programs.run(
          "fairline-generate",
          [data.bin, "--path", path, "--max-len-b", "8", "--shortlist", list])
      }
      // Marian's numbers are those that --shortlist takes.
      #expect(try make([data.bin]).code == 0)
      let (direct, converted) = (try run(lexicon), try run(file))
      #expect(direct.code == 0 && direct.output.contains("H-11"), "\(direct.errors)")
      let hypotheses = { (text: String) in
        text.split(separator: "\n").filter { $0.hasPrefix("H-") }.sorted()
      }
      #expect(hypotheses(direct.output) == hypotheses(converted.output))
      #expect(try make([]).code != 0)
      #expect(try make([data.bin, "--model", path]).errors.contains("name one of them"))
      let aimless = try Programs.run(
        "fairline-shortlist", ["--model", path, "--to", file])
      #expect(aimless.errors.contains("--from"), "\(aimless.errors)")
    }
  }
}
