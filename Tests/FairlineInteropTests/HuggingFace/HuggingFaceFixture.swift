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

/// The tensors of the layers of a model of transformers with 2+2 layers, 8 channels and 16 hidden
/// channels: their shapes by name.
func layerShapes() -> [String: [Int]] {
  var shapes: [String: [Int]] = [:]
  for side in ["encoder", "decoder"] {
    for layer in 0..<2 {
      let prefix = "model.\(side).layers.\(layer)."
      for attention in side == "encoder" ? ["self_attn"] : ["self_attn", "encoder_attn"] {
        for map in ["q", "k", "v", "out"] {
          shapes["\(prefix)\(attention).\(map)_proj.weight"] = [8, 8]
          shapes["\(prefix)\(attention).\(map)_proj.bias"] = [8]
        }
        for kind in ["weight", "bias"] {
          shapes["\(prefix)\(attention)_layer_norm.\(kind)"] = [8]
        }
      }
      (shapes[prefix + "fc1.weight"], shapes[prefix + "fc1.bias"]) = ([16, 8], [16])
      (shapes[prefix + "fc2.weight"], shapes[prefix + "fc2.bias"]) = ([8, 16], [8])
      for kind in ["weight", "bias"] { shapes["\(prefix)final_layer_norm.\(kind)"] = [8] }
    }
  }
  return shapes
}

/// A model of pieces, for folders that must have one.
func somePieces() throws -> URL {
  let fixture = try #require(HuggingFaceFixture.all.first { $0.kind == "marian" })
  return URL(fileURLWithPath: fixture.path).appendingPathComponent("target.spm")
}
