import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import Foundation
import Testing

/// A search of a fixture: how it is done, for which sentences, and what the reference found.
struct GenerationCase {
  let name: String
  let settings: GenerationSettings
  let pairs: SentencePairs
  let expected: [[JSONValue]]
  let stable: [Bool]

  /// The plain search for one sentence.
  func plain(_ model: any Model, _ row: Int, _ settings: GenerationSettings) -> PlainSearch {
    let longest = pairs.sources.map(\.count).max() ?? 0
    return PlainSearch(
      model: model, settings: settings, source: pairs.sources[row],
      prefix: settings.prefixSize > 0
        ? Array(pairs.targets[row].prefix(settings.prefixSize)) : [],
      longest: Int(settings.maxLenA * Double(longest) + Double(settings.maxLenB)))
  }

  /// The cases of a model.
  static func all(in folder: URL) throws -> [Self] {
    let json = try FixtureModels.json(folder.appending(path: "generation.json"))
    let batch = try #require(json["batch"])
    func real(_ name: String) throws -> [[Int32]] {
      try #require(batch[name]?.arrayValue).map { row in
        row.symbols.filter { $0 != Vocabulary.pad }
      }
    }
    let pairs = SentencePairs(
      ids: try #require(batch["id"]).symbols.map(Int.init), sources: try real("src_tokens"),
      targets: try real("target"))
    return try #require(json["cases"]?.arrayValue).enumerated().map { number, one in
      let parameters = try #require(one["params"])
      return Self(
        name: "case \(number) \(parameters)", settings: try settings(parameters), pairs: pairs,
        expected: try #require(one["hypos"]?.arrayValue).map { try #require($0.arrayValue) },
        stable: try #require(one["stable"]?.arrayValue).map { $0.boolValue == true })
    }
  }

  /// The settings of a case.
  ///
  /// The lengths are those of the batch, as fairseq has them. A generator that was told to match
  /// the source's length only limits outputs to the longest source in the version that made the
  /// fixtures.
  private static func settings(_ parameters: JSONValue) throws -> GenerationSettings {
    guard case .object(var members) = parameters else { throw UserError("no settings") }
    let isNormalized = members["normalize"]?.boolValue ?? true
    let matchesSource = members["match_source_len"]?.boolValue ?? false
    for name in ["normalize", "match_source_len"] { members[name] = nil }
    members["max_len_from_batch"] = true
    members["unnormalized"] = .bool(!isNormalized)
    if matchesSource {
      members["max_len_a"] = 1
      members["max_len_b"] = 0
    }
    return try GenerationSettings(json: JSONValue.object(members).compactText, flag: "fixture")
  }
}
