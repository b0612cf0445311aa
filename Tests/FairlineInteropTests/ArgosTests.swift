import Fairline
import FairlineFoundation
import FairlineGeneration
import FairlineTasks
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Packages of Argos Translate, made of a folder of CTranslate2.
@Suite struct ArgosTests {
  private let catalog: Catalog
  private let source: URL
  private let pieces: URL

  init() throws {
    catalog = try importingCatalog()
    let folder = try #require(CTranslate2Tests.all.first { $0.name == "ct2-float32" })
    source = URL(fileURLWithPath: folder.path)
    pieces = folder.parent.url.appendingPathComponent("model/source.spm")
  }

  private func load(_ path: String) throws -> ModelFile {
    try ModelFile.load(path, importers: catalog.importers)
  }

  private let metadata: JSONValue = [
    "package_version": "1.9", "argos_version": "1.9", "from_code": "de", "to_code": "en",
    "from_name": "German", "to_name": "English", "target_prefix": "",
  ]

  /// The members of a package below its top folder.
  private func members(_ changes: JSONValue = [:]) throws -> [(String, [UInt8])] {
    var members: [(String, [UInt8])] = [
      ("metadata.json", Array(metadata.merging(changes).compactText.utf8)),
      ("README.md", Array("A package.\n".utf8)),
      ("sentencepiece.model", Array(try Data(contentsOf: pieces))),
    ]
    for name in FixtureFolder(source).paths {
      let bytes = try Data(contentsOf: source.appendingPathComponent(name))
      members.append(("model/\(name)", Array(bytes)))
    }
    return members
  }

  private func write(
    _ members: [(String, [UInt8])], _ folder: URL, compressed: Bool
  ) throws -> String {
    let path = folder.appendingPathComponent("translate-de_en.argosmodel").path
    let archive = PackedArchive(
      members.map { ("translate-de_en-1_9/" + $0.0, $0.1) }, compressed: compressed)
    try Data(archive.bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(arguments: [false, true]) func packagesHoldTheModel(_ compressed: Bool) throws {
    try withTemporaryFolder { folder in
      let path = try write(members(), folder, compressed: compressed)
      let (file, whole) = (try load(path), try load(source.path))
      #expect(file.header.search?["beam"] == 4 && file.header.search?["lenpen"] == 0.2)
      #expect(file.header.task.settings["sourceLang"] == "de")
      // The folder's own settings say that nobody ends sources.
      #expect(file.header.task.settings["sourceEnd"] == false)
      #expect(try file.assets()["spm.model"] == Array(Data(contentsOf: pieces)))
      #expect(file.parameters.names.count > 70)
      for name in file.parameters.names {
        #expect(try file.parameters.floats(name) == whole.parameters.floats(name), "\(name)")
      }
      let translator = try Translator(path, catalog)
      #expect(try !translator.translate("bevedu fafo").text.isEmpty)
      let task = try #require(try file.makeTask(catalog) as? any GenerationTask)
      #expect(task.text.input([7, 8, 2], 0).source == [7, 8])
      #expect(task.text.input([2], 0).source == [2])
    }
  }

  @Test func installedPackagesAreFolders() throws {
    try withTemporaryFolder { folder in
      for (name, bytes) in try members() {
        let place = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: place)
      }
      let file = try load(folder.path)
      #expect(file.header.search?["beam"] == 4)
      _ = try file.makeModel(catalog)
    }
  }

  @Test func otherPackagesAreRefused() throws {
    for (change, part): (JSONValue, String) in [
      (["type": "sbd"], "'sbd'"), (["target_prefix": "__de__"], "'__de__'"),
    ] {
      try withTemporaryFolder { folder in
        let path = try write(members(change), folder, compressed: true)
        let sentence = refusal { _ = try load(path) }
        #expect(sentence.contains(part) && sentence.contains(path), "\(sentence)")
      }
    }
  }

  /// Folders of opened packages.
  private func openFolders() throws -> Set<String> {
    let all = try FileManager.default.contentsOfDirectory(
      atPath: FileManager.default.temporaryDirectory.path)
    return Set(all.filter { $0.hasPrefix("fairline-argos-") })
  }

  @Test func damagedPackagesDoNotStopTheProcess() throws {
    let before = try openFolders()
    try withTemporaryFolder { folder in
      let path = try write(members(), folder, compressed: true)
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      var mutations = Mutations(seed: 11)
      var refused = 0
      for number in 0..<200 {
        let range = number % 2 == 0 ? (bytes.count - 700)..<bytes.count : nil
        try Data(mutations.next(of: bytes, in: range)).write(to: URL(fileURLWithPath: path))
        let sentence = refusal { _ = try load(path).makeModel(catalog) }
        #expect(!sentence.contains("\n"))
        if !sentence.isEmpty { refused += 1 }
      }
      #expect(refused > 100)
      // Those of other tests go too.
      var left = try openFolders().subtracting(before)
      for _ in 0..<3000 where !left.isEmpty {
        usleep(100_000)
        left.formIntersection(try openFolders())
      }
      #expect(left.isEmpty)
    }
  }

  @Test func membersThatClaimTooMuchAreRefused() throws {
    try withTemporaryFolder { folder in
      var archive = PackedArchive(
        try members().map { ("a/" + $0.0, $0.1) }, compressed: true)
      archive.claim(Int(UInt32.max) - 1, for: "a/model/model.bin")
      let path = folder.appendingPathComponent("b.argosmodel").path
      try Data(archive.bytes).write(to: URL(fileURLWithPath: path))
      let sentence = refusal { _ = try load(path) }
      #expect(sentence.contains("too much"), "\(sentence)")
    }
  }
}
