import Fairline
import FairlineData
import FairlineGeneration
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// A model in Hugging Face's form with what transformers computed with it.
struct HuggingFaceFixture: Sendable, CustomTestStringConvertible {
  let folder: FixtureFolder
  let kind: String
  var testDescription: String { folder.url.lastPathComponent }

  /// The kinds of models that tests know.
  static let known: Set<String> = ["marian", "m2m_100", "mbart"]

  static let all = FixtureFolder.all("interop").flatMap(\.folders).map { url in
    let folder = FixtureFolder(url)
    let config = try? folder.json("model/config.json")
    return Self(folder: folder, kind: config?["model_type"]?.stringValue ?? "")
  }

  var path: String { folder.url.appendingPathComponent("model").path }

  func golden() throws -> JSONValue { try folder.json("golden.json") }

  /// For each of transformers' numbers of symbols, Fairline's.
  func numbers(_ vocabulary: Vocabulary, target: Bool) throws -> [Int32] {
    guard kind == "marian" else {
      // These models have fairseq's order, so that numbers are the same.
      let count = try folder.json("model/config.json")["vocab_size"]?.integerValue
      #expect(vocabulary.count == count)
      return (0..<vocabulary.count).map(Int32.init)
    }
    let name = target && folder.contains("model/target_vocab.json") ? "target_vocab" : "vocab"
    guard case .object(let members) = try folder.json("model/\(name).json") else {
      throw UserError("no vocabulary")
    }
    var numbers = [Int32](repeating: -1, count: members.count)
    for (symbol, value) in members {
      numbers[try #require(value.integerValue)] = vocabulary.id(of: symbol)
    }
    // Every symbol has a number of its own, `<unk>` among them.
    #expect(Set(numbers).count == numbers.count && !numbers.contains(-1))
    return numbers
  }

  /// A text of transformers without the symbol of its language, which these tokenizers have
  /// forgotten to leave out.
  func withoutLanguage(_ text: String) -> String {
    guard kind == "m2m_100", text.hasPrefix("__") else { return text }
    return text.dropFirst(2).split(separator: "__", maxSplits: 1).dropFirst().joined()
      .trimmingCharacters(in: .whitespaces)
  }
}
