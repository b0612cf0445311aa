import Fairline
import FairlineData
import FairlineGeneration
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@testable import FairlineInterop

/// A model of Marian in Hugging Face's form with what transformers computed with it.
struct MarianFixture: Sendable, CustomTestStringConvertible {
  let folder: FixtureFolder
  var testDescription: String { folder.url.lastPathComponent }

  /// The kinds of models in `interop`: those that are checked here, and those that wait.
  static let known: Set<String> = ["marian"]
  static let waiting: Set<String> = ["m2m_100", "mbart"]

  static let kinds: [(folder: FixtureFolder, kind: String)] = FixtureFolder.all("interop")
    .flatMap(\.folders).map { url in
      let folder = FixtureFolder(url)
      let config = try? folder.json("model/config.json")
      return (folder, config?["model_type"]?.stringValue ?? "")
    }

  static let all = kinds.filter { $0.kind == "marian" }.map { Self(folder: $0.folder) }

  var path: String { folder.url.appendingPathComponent("model").path }

  func golden() throws -> JSONValue { try folder.json("golden.json") }

  /// The numbers that transformers gives to the symbols of a side, as numbers of Fairline's.
  ///
  /// - Returns: for each of transformers' numbers, Fairline's.
  func numbers(_ vocabulary: Vocabulary, target: Bool) throws -> [Int32] {
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
}
