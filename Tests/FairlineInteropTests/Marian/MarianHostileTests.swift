import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Damaged files of Marian's: refused with a sentence, or read as what the whole file says.
@Suite struct MarianHostileTests {
  @Test(arguments: [false, true]) func damageIsRefusedOrChangesNothing(_ isArchive: Bool) throws {
    let catalog = try importingCatalog()
    var kind = MarianSpecimen.Kind()
    kind.depth = (1, 1)
    let specimen = MarianSpecimen(kind)
    let whole = isArchive ? specimen.archive() : specimen.binary(.init(code: 0x10001))
    try withTemporaryFolder { folder in
      try specimen.write(whole, named: "model", to: folder)
      let url = folder.appendingPathComponent("model")
      func read() throws -> ([Float], JSONValue) {
        let file = try ModelFile.load(url.path, importers: catalog.importers)
        let model = try file.makeModel(catalog)
        return (model.parameters.values.scalars, file.header.architecture.settings)
      }
      let (numbers, settings) = try read()
      var mutations = Mutations(seed: 3)
      var refused = 0
      for _ in 0..<250 {
        try Data(mutations.next(of: whole)).write(to: url)
        do {
          let found = try read()
          // Binary files have no checksums: of them only an end without a trap is asked.
          if isArchive { #expect(found.0 == numbers && found.1 == settings) }
        } catch {
          #expect(!"\(error)".contains("\n"), "\(error)")
          refused += 1
        }
      }
      #expect(refused > 80)
    }
  }

  /// A remark inside a list was read again and again.
  @Test(arguments: ["[a #b, c]", "[ #]", "[a", "['a' b]", "[a,"])
  func listsWithoutAnEndAreRefused(_ list: String) throws {
    let specimen = MarianSpecimen()
    try withTemporaryFolder { folder in
      try specimen.write(specimen.archive(), named: "model.npz", to: folder)
      try Data("vocabs: \(list)\n".utf8).write(to: folder.appendingPathComponent("decoder.yml"))
      let catalog = try importingCatalog()
      let sentence = refusal { _ = try ModelFile.load(folder.path, importers: catalog.importers) }
      #expect(sentence.contains("line 1"), "\(sentence)")
    }
  }

  @Test func claimsOfMuchMemoryAreRefused() throws {
    let specimen = MarianSpecimen()
    var archive = PackedArchive(
      [("special:model.yml.npy", Array(specimen.settings.utf8))], compressed: true)
    archive.claim(1 << 30, for: "special:model.yml.npy")
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("model.npz")
      try Data(archive.bytes).write(to: url)
      let sentence = refusal { _ = try MarianTensors(path: url.path) }
      #expect(sentence.contains("too much"), "\(sentence)")
    }
  }

  @Test func arraysOfOtherOrdersAreRefused() throws {
    let whole = MarianSpecimen().archive()
    let text = Array("'fortran_order': False".utf8)
    for (old, new, part) in [
      ("'fortran_order': False", "'fortran_order': True ", "column by column"),
      ("'descr': '<f4'", "'descr': '>f4'", "'>f4'"),
    ] {
      var bytes = whole
      let place = try #require(bytes.firstRange(of: Array(old.utf8)))
      bytes.replaceSubrange(place, with: Array(new.utf8))
      try withTemporaryFolder { folder in
        let url = folder.appendingPathComponent("model.npz")
        try Data(bytes).write(to: url)
        let sentence = refusal { _ = try MarianTensors(path: url.path) }
        #expect(sentence.contains(part), "\(sentence)")
      }
    }
    #expect(whole.firstRange(of: text) != nil)
  }
}
