import Fairline
import FairlineData
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import Foundation
import Testing

/// A registered architecture that models text without a source, with small sizes.
struct LanguageArchitecture: Sendable, CustomTestStringConvertible {
  let name: String
  var testDescription: String { name }

  static var plugins: [any Plugin.Type] { [StandardModels.self, NodeTransformerPlugin.self] }
  static let symbols = 23

  /// Every architecture that takes a task without a source.
  static let all: [Self] = {
    guard let catalog = try? Catalog(plugins) else { return [] }
    return catalog.architectures.names.map(Self.init).filter { (try? $0.make()) != nil }
  }()

  /// What makes every one of them small; each takes what it has of these.
  private var small: JSONValue {
    [
      "decoderEmbedDim": 16, "decoderFfnEmbedDim": 24, "decoderAttentionHeads": 2,
      "decoderHiddenSize": 20, "decoderOutEmbedDim": 16, "decoderInputDim": 16,
      "decoderOutputDim": 16, "adaptiveSoftmaxCutoff": [8, 14], "adaptiveInputCutoff": [8, 14],
      "adaptiveInputFactor": 2, "adaptiveSoftmaxFactor": 2, "nodeMethod": "heun2",
      "nodeSteps": 6,
      "decoderLayers": name.hasPrefix("fconv") ? "[(12, 3), (8, 2, 0), (16, 3, 2)]" : 2,
    ]
  }

  /// The settings that the architecture has, and that its preset does not leave open.
  private func smallSettings(_ draft: any AnyDraft) throws -> [(key: String, value: JSONValue)] {
    guard case .object(let present) = try draft.settings(), case .object(let all) = small else {
      throw UserError("settings are objects")
    }
    return all.filter { pair in present[pair.key].map { $0 != .null && $0 != [] } ?? false }
  }

  /// The criterion that its output is judged by.
  var criterion: String {
    get throws {
      let draft = try Catalog(Self.plugins).architectures.select(name).draft
      let isAdaptive = try smallSettings(draft).contains { $0.key == "adaptiveSoftmaxCutoff" }
      return isAdaptive ? "adaptive_loss" : "cross_entropy"
    }
  }

  /// A small model.
  func make(seed: UInt64 = 1, symbols: Int = symbols) throws -> any Model {
    let catalog = try Catalog(Self.plugins)
    let selection = try catalog.architectures.select(name)
    for (key, value) in try smallSettings(selection.draft) {
      try selection.draft.merge([key: value])
    }
    return try selection.build(
      ModelContext(
        task: TaskDescription(symbols: symbols, maximumPositions: 40), seed: seed,
        catalog: catalog))
  }

  /// The flags that make a small model.
  func flags() throws -> [String] {
    let draft = try Catalog(Self.plugins).architectures.select(name).draft
    let settings = try smallSettings(draft)
    let flags = draft.formats.flatMap { format -> [String] in
      settings.filter { $0.key == format.names[0].propertyName }.flatMap { setting in
        ["--" + format.names[0], setting.value.stringValue ?? setting.value.compactText]
      }
    }
    return ["--arch", name] + flags
  }
}
