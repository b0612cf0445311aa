import Fairline
import Foundation
import Testing

/// The folder of golden files: the variable `FAIRLINE_FIXTURES`, or beside the package.
enum ScoringFixtures {
  static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["FAIRLINE_FIXTURES"] {
      return URL(fileURLWithPath: path)
    }
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let manifest = folder.appendingPathComponent("Package.swift").path
      if FileManager.default.fileExists(atPath: manifest) { break }
    }
    return folder.deletingLastPathComponent().appendingPathComponent("shared/fixtures")
  }()

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }

  static func json(_ path: String) throws -> JSONValue {
    try Data(contentsOf: root.appendingPathComponent(path)).withUnsafeBytes {
      try JSONValue(parsing: $0)
    }
  }

  /// The cases of a file, or none when it is absent.
  static func cases(_ path: String) -> [ScoringCase] {
    guard let cases = try? json(path)["cases"]?.arrayValue else { return [] }
    return cases.map { ScoringCase(name: $0["name"]?.stringValue ?? "?", value: $0) }
  }
}

/// One corpus among the fixtures.
struct ScoringCase: Sendable, CustomTestStringConvertible {
  let name: String
  let value: JSONValue

  static let plain = ScoringFixtures.cases("fairseq/scoring/sacrebleu.json")
  static let tokens = ScoringFixtures.cases("fairseq/scoring/fairseq_bleu.json")

  var testDescription: String { name }

  var hypotheses: [String] { value["hyps"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
  var references: [[String]] {
    value["refs"]?.arrayValue?.map { $0.arrayValue?.map { $0.stringValue ?? "" } ?? [] } ?? []
  }
  func numbers(_ key: String) -> [Double] {
    value[key]?.arrayValue?.compactMap(\.doubleValue) ?? []
  }
  func sentences(_ key: String) -> [[Int]] {
    value[key]?.arrayValue?.map { $0.arrayValue?.compactMap(\.integerValue) ?? [] } ?? []
  }
}
