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

  @Test func damagedPackagesDoNotStopTheProcess() throws {
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
      let left = try FileManager.default.contentsOfDirectory(
        atPath: FileManager.default.temporaryDirectory.path)
      #expect(!left.contains { $0.hasPrefix("fairline-argos-") })
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

/// A zip file of stored or deflated members; deflated ones are in blocks that hold bytes as they
/// are.
private struct PackedArchive {
  private(set) var bytes: [UInt8] = []
  /// Where the sizes of members stand in the directory.
  private var places: [String: Int] = [:]

  init(_ members: [(String, [UInt8])], compressed: Bool) {
    var directory: [UInt8] = []
    for (name, content) in members {
      let data = compressed ? Self.deflated(content) : content
      let start = bytes.count
      let sizes =
        Self.number(Self.checksum(content), 4) + Self.number(data.count, 4)
        + Self.number(content.count, 4)
      let method = Self.number(compressed ? 8 : 0, 2)
      bytes += [0x50, 0x4B, 3, 4, 20, 0, 0, 0] + method + [0, 0, 0, 0] + sizes
      bytes += Self.number(name.utf8.count, 2) + [0, 0] + Array(name.utf8) + data
      places[name] = directory.count + 24
      directory += [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 0, 0] + method + [0, 0, 0, 0] + sizes
      directory += Self.number(name.utf8.count, 2) + [UInt8](repeating: 0, count: 12)
      directory += Self.number(start, 4) + Array(name.utf8)
    }
    let start = bytes.count
    for (name, place) in places { places[name] = start + place }
    bytes += directory
    bytes += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + Self.number(members.count, 2)
    bytes += Self.number(members.count, 2) + Self.number(directory.count, 4)
    bytes += Self.number(start, 4) + [0, 0]
  }

  /// Lets the directory say that a member is of another size.
  mutating func claim(_ size: Int, for name: String) {
    guard let place = places[name] else { preconditionFailure("no member '\(name)'") }
    bytes.replaceSubrange(place..<(place + 4), with: Self.number(size, 4))
  }

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func deflated(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = content[...]
    repeat {
      let part = rest.prefix(60_000)
      rest = rest.dropFirst(part.count)
      bytes += [rest.isEmpty ? 1 : 0] + number(part.count, 2) + number(~part.count & 0xFFFF, 2)
      bytes += part
    } while !rest.isEmpty
    return bytes
  }

  /// CRC-32.
  private static func checksum(_ bytes: [UInt8]) -> Int {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return Int(~sum)
  }
}
