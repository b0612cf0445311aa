import Fairline
import FairlineTesting
import Foundation
import Testing

/// One corpus among the fixtures.
struct ScoringCase: Sendable, CustomTestStringConvertible {
  let name: String
  let value: JSONValue

  static let plain = cases("sacrebleu.json")
  static let tokens = cases("fairseq_bleu.json")

  /// The cases of a file, or none when it is absent.
  private static func cases(_ file: String) -> [ScoringCase] {
    guard let cases = try? FixtureFolder("fairseq/scoring").json(file)["cases"]?.arrayValue else {
      return []
    }
    return cases.map { ScoringCase(name: $0["name"]?.stringValue ?? "?", value: $0) }
  }

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
