import Fairline
import FairlineData
import FairlineGeneration
import FairlineModels
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// `--replace-unk` beside every other setting: it changes no search, and each unknown symbol of an
/// output becomes the source word that it attended to most, or what a dictionary has for it.
@Suite struct ReplacedWordsTests {
  private static let lines = (0..<12).map { number in
    (0...(number % 5)).map { place in
      place == 1 ? "unheard\(number)" : "w\((place * 5 + number) % 9)"
    }.joined(separator: " ")
  }

  /// Settings to combine with, in words.
  static let changes:
    [(name: String, change: @Sendable (inout TranslatorSettings, String) -> Void)] = [
      ("a beam", { _, _ in }),
      ("one prefix", { settings, _ in settings.search.beam = 1 }),
      (
        "sampling",
        { settings, _ in
          settings.search.sampling = true
          settings.search.nbest = settings.search.beam
        }
      ),
      (
        "the best symbols sampled",
        { settings, _ in
          settings.search.sampling = true
          settings.search.samplingTopk = 5
          settings.search.nbest = settings.search.beam
        }
      ),
      ("groups", { settings, _ in settings.search.diverseBeamGroups = 2 }),
      ("siblings", { settings, _ in settings.search.diversityRate = 0.5 }),
      ("several outputs", { settings, _ in settings.search.nbest = 3 }),
      ("no repeats", { settings, _ in settings.search.noRepeatNgramSize = 2 }),
      ("phrases in any order", { settings, _ in settings.search.constraints = .unordered }),
      ("phrases in order", { settings, _ in settings.search.constraints = .ordered }),
      ("8 bit integers", { settings, _ in settings.precision = .int8 }),
      ("a shortlist", { settings, list in settings.shortlist = list }),
      (
        "a shortlist, phrases and 8 bit integers",
        { settings, list in
          settings.shortlist = list
          settings.search.constraints = .unordered
          settings.precision = .int8
        }
      ),
    ]

  private static func catalog() throws -> Catalog {
    try Catalog([StandardTasks.self, StandardModels.self])
  }

  /// Two models, a shortlist and a dictionary.
  private struct Material {
    let models: [String]
    let shortlist: String
    let dictionary: String

    init(in folder: URL) throws {
      let data = try TinyData(in: folder)
      var models: [String] = []
      for (name, seed) in [("one", "1"), ("two", "2")] {
        try #require(data.train(name, ["--max-update", "6", "--seed", seed]) == 0)
        models.append(data.path("\(name)/checkpoint_last.safetensors"))
      }
      self.models = models
      shortlist = data.path("list.fsl")
      dictionary = data.path("words.txt")
      let catalog = try ReplacedWordsTests.catalog()
      let task = try ModelFile.load(models[0], importers: catalog.importers).makeTask(catalog)
        .description
      let symbols = task.targetSymbols
      try Shortlist(
        lists: (0..<task.sourceSymbols).map { [Int32($0 % symbols)] },
        frequent: [Int32(Vocabulary.unk), 5, 6], targetSymbols: symbols
      ).write(to: shortlist)
      try "w1 eins\nw5 fünf\nunheard1 unerhört\nunheard6 nie gehört\n".write(
        toFile: dictionary, atomically: true, encoding: .utf8)
    }
  }

  private func translate(
    _ path: String, _ material: Material, number: Int, replace: String?
  ) throws -> [Translation] {
    var settings = TranslatorSettings()
    settings.search.beam = 4
    settings.search.maxLenB = 7
    // The unknown symbol comes often, and not always.
    settings.search.unkpen = -2
    Self.changes[number].change(&settings, material.shortlist)
    settings.search.replaceUnk = replace
    // Unreplaced outputs tell their attention too.
    settings.search.printAlignment = .soft
    let holdsPhrases = settings.search.constraints != nil
    let lines = Self.lines.enumerated().map { place, line in
      holdsPhrases && place % 2 == 0 ? "\(line)\tw3 w4\tw7" : line
    }
    return try Translator(path, Self.catalog(), configuration: settings).translate(lines)
  }

  @Test(arguments: changes.indices) func onlyUnknownSymbolsChange(_ number: Int) throws {
    try withTemporaryFolder { folder in
      let material = try Material(in: folder)
      let words = try UnknownWords(path: material.dictionary).words
      #expect(words["unheard6"] == "nie")
      for path in [material.models[0], material.models.joined(separator: ":")] {
        let plain = try translate(path, material, number: number, replace: nil)
        var replacements = 0
        for (replace, dictionary) in [("", [:]), (material.dictionary, words)] {
          let replaced = try translate(path, material, number: number, replace: replace)
          for (old, new) in zip(plain, replaced) {
            #expect(new.outputs.map(\.hypothesis) == old.outputs.map(\.hypothesis))
            for (before, after) in zip(old.outputs, new.outputs) {
              let expected = try Self.expected(before, old.line, dictionary)
              #expect(after.text == expected, "\(Self.changes[number].name): \(old.line)")
              replacements += after.text == before.text ? 0 : 1
            }
          }
        }
        #expect(replacements >= 6, "\(Self.changes[number].name) replaced little")
      }
    }
  }

  /// The text with its unknown symbols replaced by hand.
  private static func expected(
    _ output: TranslatedText, _ line: String, _ dictionary: [String: String]
  ) throws -> String {
    let source = line.prefix { $0 != "\t" }.split(separator: " ").map(String.init) + ["<eos>"]
    let attention = try #require(output.hypothesis.attention)
    return output.text.split(separator: " ").enumerated().map { place, unit -> String in
      guard unit == "<unk>" else { return String(unit) }
      let most = attention[place].max() ?? 0
      let word = source[attention[place].firstIndex(of: most) ?? 0]
      return dictionary[word] ?? word
    }.joined(separator: " ")
  }
}
