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
      (document.value["cases"]?.arrayValue ?? []).map {
        ScoringCase(
          name: $0["name"]?.stringValue ?? "?", value: $0, document: document.value)
      }
    }
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
