import Fairline
import FairlinePrograms
import FairlineScoring
import FairlineTesting
import Foundation
import Testing

/// A whole test set translated by the program, against the score that the reference reached.
@Suite struct TestSetTests {
  @Test func thereIsATestSet() { #expect(!TestSet.all.isEmpty) }

  @Test(arguments: TestSet.all) func scoresAsTheReference(_ set: TestSet) throws {
    let source = try set.source()
    let run = try Programs.run(
      "fairline-interactive",
      [
        "--path", set.folder.appending(path: "model.safetensors").path, "--beam", "\(set.beam)",
        "--max-len-a", "\(set.lengths.a)", "--max-len-b", "\(set.lengths.b)", "--buffer-size",
        "\(source.count)", "--max-tokens", "2000",
      ], input: source.map { $0 + "\n" }.joined())
    try #require(run.code == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n").filter { $0.hasPrefix("D-") }
    let found = lines.map {
      String($0.split(separator: "\t", omittingEmptySubsequences: false).last ?? "")
    }
    try #require(found.count == source.count)
    let score = try SacreBLEU().score(found, references: [set.references])
    #expect(abs(score.score - set.score) < 0.1, "\(score) for \(set.score)")
    let expected = try TestSet.lines(of: set.output)
    let same = zip(found, expected).count { $0 == $1 }
    #expect(expected.count == found.count)
    #expect(same >= found.count * 98 / 100, "\(same) of \(found.count) lines are the reference's")
  }
}

/// A test set that a model of the fixtures was scored on: `expected.KIND.json` tells the score,
/// `SET.KIND.LANGUAGE` holds the reference's output, and the text lies beside it or in a folder of
/// data beside the fixtures.
struct TestSet: CustomTestStringConvertible, Sendable {
  let folder: URL
  let beam: Int
  let lengths: (a: Double, b: Int)
  let score: Double
  let output: URL
  let references: [String]
  /// The first source sentences, by which the language is known.
  private let firstSources: [String]
  private let texts: [URL]

  var testDescription: String { output.lastPathComponent }

  /// The test sets whose text is there.
  static let all: [TestSet] = FixtureFolder.roots().flatMap(\.folders).flatMap { folder in
    contents(folder).compactMap { file in
      let parts = file.lastPathComponent.split(separator: ".").map(String.init)
      guard parts.count == 3, parts[0] == "expected", parts[2] == "json" else { return nil }
      return try? TestSet(folder, kind: parts[1])
    }
  }

  private init?(_ folder: URL, kind: String) throws {
    let json = try FixtureModels.json(folder.appending(path: "expected.\(kind).json"))
    guard case .object(let members) = json else { return nil }
    let key = members.map(\.key).first { $0.hasPrefix("corpus_bleu_all") }
    let places = [folder] + Self.dataFolders
    guard let key, let score = json[key]?.doubleValue,
      let output = Self.contents(folder).first(where: {
        $0.path.contains(".\(kind).") && !$0.path.hasSuffix("json")
      })
    else { return nil }
    let parts = output.lastPathComponent.split(separator: ".").map(String.init)
    let texts = places.flatMap(Self.contents).filter {
      let own = $0.lastPathComponent.split(separator: ".").map(String.init)
      return own.first == parts[0] && (own.count == 2 || own.count == 3 && own[2] == "gz")
    }
    guard parts.count == 3,
      let target = texts.first(where: { $0.lastPathComponent.split(separator: ".")[1] == parts[2] })
    else { return nil }
    self.folder = folder
    self.score = score
    self.output = output
    self.texts = texts
    beam = json["beam"]?.integerValue ?? 5
    lengths = (json["max_len_a"]?.doubleValue ?? 0, json["max_len_b"]?.integerValue ?? 200)
    references = try Self.lines(of: target)
    firstSources = try json["sentences"].elements().map { try #require($0["source"]?.stringValue) }
    if try source().isEmpty { return nil }
  }

  /// The sentences to translate: of all languages, the text that begins with the fixture's
  /// sentences.
  func source() throws -> [String] {
    for text in texts {
      let lines = try Self.lines(of: text)
      if !firstSources.isEmpty, lines.starts(with: firstSources) { return lines }
    }
    return []
  }

  static func lines(of file: URL) throws -> [String] {
    var text =
      try file.pathExtension == "gz" ? unpacked(file) : String(contentsOf: file, encoding: .utf8)
    if text.hasSuffix("\n") { text.removeLast() }
    return text.components(separatedBy: "\n")
  }

  private static func unpacked(_ file: URL) throws -> String {
    try Programs.run(URL(filePath: "/usr/bin/env"), ["gzip", "-dc", file.path]).output
  }

  private static var dataFolders: [URL] {
    FixtureFolder.roots().flatMap {
      FixtureFolder($0.url.deletingLastPathComponent().appending(path: "data")).folders
    }
  }

  private static func contents(_ folder: URL) -> [URL] {
    FixtureFolder(folder).files
  }
}
