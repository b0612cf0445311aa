import Fairline
import FairlineTesting
import Foundation
import Testing

/// One corpus among the fixtures.
struct ScoringCase: Sendable, CustomTestStringConvertible {
  let name: String
  let value: JSONValue

  /// What the document says besides its cases.
  let document: JSONValue

  static let plain = cases(FixtureFolder.documents("fairseq/scoring", holding: "cases.bleu"))
  static let tokens = cases(FixtureFolder.documents("fairseq/scoring", holding: "cases.stat"))

  private static func cases(_ documents: [FixtureDocument]) -> [ScoringCase] {
    documents.flatMap { document in
      document.list("cases").map {
        ScoringCase(
          name: $0["name"]?.stringValue ?? "?", value: $0, document: document.value)
      }
    }
  }

  var testDescription: String { name }

  var hypotheses: [String] { value["hyps"].texts }
  var references: [[String]] {
    guard let streams = value["refs"]?.arrayValue, !streams.isEmpty else {
      Issue.record("\(name) has no refs")
      return []
    }
    return streams.map(\.texts)
  }
  func numbers(_ key: String) -> [Double] {
    value[key].numbers
  }
  func sentences(_ key: String) -> [[Int]] {
    (value[key]?.arrayValue ?? [.null]).map { $0.symbols.map(Int.init) }
  }
}
