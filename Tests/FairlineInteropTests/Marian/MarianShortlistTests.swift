import Fairline
import FairlineData
import FairlineGeneration
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Marian's lexical shortlists, written byte by byte.
@Suite struct MarianShortlistTests {
  private let catalog: Catalog

  init() throws { catalog = try importingCatalog() }

  /// A binary file.
  struct Binary {
    var mark: UInt64 = 0xF11A_48D5_0134_17F5
    var first: UInt64 = 5
    var best: UInt64 = 2
    var offsets: [UInt64] = []
    var symbols: [UInt32] = []
    /// What is said instead of the number of offsets and of symbols.
    var counts: (offsets: UInt64, symbols: UInt64)?
    /// What is written instead of the checksum.
    var checksum: UInt64?

    /// Lists of some source symbols, by their numbers; others are empty.
    init(_ lists: [Int: [UInt32]], sources: Int = MarianSpecimen.symbols) {
      for number in 0..<sources {
        offsets.append(UInt64(symbols.count))
        if let list = lists[number] { symbols += list }
      }
      offsets.append(UInt64(symbols.count))
    }

    var bytes: [UInt8] {
      func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
      }
      var rest: [UInt8] = []
      for number in [
        first, best, counts?.offsets ?? UInt64(offsets.count),
        counts?.symbols ?? UInt64(symbols.count),
      ] + offsets { rest += little(number) }
      for symbol in symbols { rest += little(symbol) }
      // Boost's way to combine hashes, of whole words.
      var hash: UInt64 = 0
      for place in 0..<(rest.count / 8) {
        var word: UInt64 = 0
        for byte in 0..<8 { word |= UInt64(rest[8 * place + byte]) << (8 * UInt64(byte)) }
        hash ^= word &+ 0x9e37_79b9 &+ (hash << 6) &+ (hash >> 2)
      }
      return little(mark) + little(checksum ?? hash) + rest
    }
  }

  private static let lists: [Int: [UInt32]] = [5: [7, 11, 19], 7: [6], 0: [9, 11]]

  /// Calls the body with a folder that holds a model, its task, and a way to write files.
  private func withModel(
    _ body: (any GenerationTask, URL, (String, [UInt8]) throws -> String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let specimen = MarianSpecimen()
      try specimen.write(specimen.archive(), named: "model.npz", to: folder)
      let file = try ModelFile.load(
        folder.appendingPathComponent("model.npz").path, importers: catalog.importers)
      let task = try #require(try file.makeTask(catalog) as? any GenerationTask)
      try body(task, folder) { name, bytes in
        let url = folder.appendingPathComponent(name)
        try Data(bytes).write(to: url)
        return url.path
      }
    }
  }

  /// What Marian allows for one sentence, in its own numbers.
  private func wanted(_ source: [Int], first: Int, _ lists: [Int: [UInt32]]) -> Set<Int> {
    var set = Set(0..<first)
    for word in source {
      set.insert(word)
      if let list = lists[word] { set.formUnion(list.map(Int.init)) }
    }
    var next = first
    while set.count % 8 != 0, next < MarianSpecimen.symbols {
      set.insert(next)
      next += 1
    }
    return set
  }

  private func check(_ shortlist: Shortlist, first: Int, _ lists: [Int: [UInt32]]) {
    for source in [[5, 7, 0], [0], [18, 5, 0], [7, 7, 3, 2, 0], Array(1..<20) + [0]] {
      let own = source.map { Int32($0 + 2) }
      let allowed = shortlist.candidates(for: own[...])
      #expect(allowed == allowed.sorted() && Set(allowed).count == allowed.count)
      // `<s>` and padding have no numbers in Marian, and are never chosen.
      #expect(allowed.prefix(2) == [0, 1])
      let theirs = Set(allowed.dropFirst(2).map { Int($0) - 2 })
      #expect(theirs == wanted(source, first: first, lists), "\(source)")
    }
  }

  @Test func binaryFilesAllowWhatMarianAllows() throws {
    try withModel { task, folder, write in
      for first in [2, 5, 8, 17] {
        var binary = Binary(Self.lists)
        binary.first = UInt64(first)
        let shortlist = try Shortlist(
          contentsOf: try write("lex.bin", binary.bytes), for: task)
        check(shortlist, first: first, Self.lists)
        // Fairline's own form keeps it.
        let own = folder.appendingPathComponent("own").path
        try shortlist.write(to: own)
        #expect(try Shortlist(contentsOf: own, for: task) == shortlist)
      }
      // Padding of vocabularies has no lists.
      let shorter = Binary(Self.lists, sources: 15)
      check(
        try Shortlist(contentsOf: try write("lex.bin", shorter.bytes), for: task), first: 5,
        Self.lists)
    }
  }

  @Test func textKeepsTheLikeliestPairsAboveAThreshold() throws {
    let words = MarianSpecimen.words
    func line(_ target: Int, _ source: Int, _ probability: String) -> String {
      "\(words[target]) \(words[source]) \(probability)\n"
    }
    let text =
      line(7, 5, "0.5") + line(11, 5, "0.3") + line(19, 5, "0.1") + line(12, 5, "1e-05")
      + "NULL \(words[5]) 0.9\n" + line(9, 7, "0.2") + line(6, 7, "0.7") + line(9, 7, "0.01")
      + line(10, 7, "0.7") + "elsewhere \(words[9]) 0.4\n"
    try withModel { task, _, write in
      func open(_ first: Int, _ best: Int, _ threshold: Double) throws -> Shortlist {
        var limits = LexiconLimits()
        (limits.frequent, limits.best, limits.threshold) = (first, best, threshold)
        return try Shortlist(
          contentsOf: try write("lex.s2t", Array(text.utf8)), for: task, limits: limits)
      }
      check(try open(4, 2, 0), first: 4, [5: [7, 11], 7: [10, 6], 9: [1]])
      check(try open(4, 9, 0.05), first: 4, [5: [7, 11, 19], 7: [10, 6], 9: [1]])
      check(try open(2, 9, 0), first: 2, [5: [7, 11, 19, 12], 7: [10, 6, 9], 9: [1]])
    }
  }

  @Test func sentencesAreTranslatedWithListedSymbolsOnly() throws {
    try withModel { task, folder, write in
      let model = folder.appendingPathComponent("model.npz").path
      var binary = Binary(Self.lists)
      binary.first = 2
      var settings = try TranslatorSettings(
        for: ModelFile.load(model, importers: catalog.importers))
      settings.shortlist = try write("lex.bin", binary.bytes)
      settings.search.minLen = 2
      let translator = try Translator(model, catalog, configuration: settings)
      let text = MarianSpecimen.words[5] + " " + MarianSpecimen.words[7]
      let found = try translator.translate(text)
      let allowed = Set(
        try Shortlist(contentsOf: #require(settings.shortlist), for: task)
          .candidates(for: [7, 9, 2]))
      #expect(!found.text.isEmpty)
      #expect(
        found.text.split(separator: " ").allSatisfy {
          allowed.contains(task.text.target.id(of: String($0)))
        }, "\(found.text)")
    }
  }

  @Test func damageIsRefusedByName() throws {
    func changed(_ change: (inout Binary) -> Void) -> [UInt8] {
      var binary = Binary(Self.lists)
      change(&binary)
      return binary.bytes
    }
    let sound = Binary(Self.lists).bytes
    let cases: [([UInt8], String)] = [
      (Array(sound.prefix(40)), "ends too early"), (Array(sound.dropLast(4)), "ends too early"),
      (sound + [0], "too long"), (changed { $0.checksum = 5 }, "checksum"),
      (changed { $0.counts = (1 << 61, 0) }, "it says that it has"),
      (changed { $0.counts = (0, 0) }, "it says that it has"),
      (changed { $0.counts = (21, 1 << 63) }, "it says that it has"),
      (changed { $0.counts = (21, 1 << 30) }, "ends too early"),
      (changed { $0.offsets[3] = 7 }, "a list begins at"),
      (changed { $0.offsets[3] = .max }, "a list begins at"),
      (changed { $0.offsets[0] = 1 }, "leave symbols out"),
      (changed { $0.offsets[$0.offsets.count - 1] = 5 }, "a list begins at"),
      (changed { $0.symbols.append(3) }, "leave symbols out"),
      (changed { $0.symbols[1] = 20 }, "target symbol 20"),
      (changed { $0.symbols[1] = .max }, "target symbol 4294967295"),
      (Binary(Self.lists, sources: 21).bytes, "21 symbols"),
      (Array("a b 0.5\na b\n".utf8), "line 2"), (Array("a b 0.5\na b x\n".utf8), "line 2"),
      (Array("a b 0.5\na b nan\n".utf8), "line 2"), (Array("a b -1\n".utf8), "no shortlist"),
      (Array("a b 0.5\na b 1e999\n".utf8), "line 2"), ([], "no shortlist"),
    ]
    try withModel { task, _, write in
      for (bytes, reason) in cases {
        let path = try write("lex", bytes)
        let sentence = refusal { _ = try Shortlist(contentsOf: path, for: task) }
        #expect(sentence.contains(reason) && sentence.contains(path), "\(reason): \(sentence)")
      }
      // Every byte is checked: the checksum covers whole words, and there are only these.
      for place in sound.indices {
        var bytes = sound
        bytes[place] ^= 1 << (place % 8)
        let path = try write("lex", bytes)
        #expect(refusal { _ = try Shortlist(contentsOf: path, for: task) } != "", "\(place)")
      }
    }
  }
}
