import Fairline
import FairlineTensor

/// What `fairline-import` tells of a model before it writes one.
struct ImportReport {
  /// The lines.
  let lines: [String]

  init(
    _ file: ModelFile, _ model: ImportedModel, _ task: any Task, _ parameters: ParameterSet
  ) {
    let header = file.header
    var lines = ["\(file.path): \(model.kind)"]
    lines.append("  architecture: \(header.architecture.name)\(Self.sizes(header.architecture))")
    let description = task.description
    let symbols =
      description.hasSource
      ? "\(description.sourceSymbols) source and \(description.targetSymbols) target symbols"
        + (description.sharesVocabulary ? ", one vocabulary for both" : "")
      : "\(description.readSymbols) symbols"
    lines.append("  vocabulary: \(symbols)")
    lines.append("  special symbols: <s> 0, <pad> 1, </s> 2, <unk> 3\(Self.start(header.task))")
    let aliases = parameters.aliases.sorted { $0.key < $1.key }
    if !aliases.isEmpty {
      lines.append(
        "  shared tables: " + aliases.map { "\($0.key) is \($0.value)" }.joined(separator: ", "))
    }
    lines.append("  parameters: \(parameters.values.count) in \(parameters.entries.count) tensors")
    lines.append(
      "  longest sentences: \(header.description.maximumSourcePositions) source and "
        + "\(header.description.maximumTargetPositions) target symbols")
    let names = task.assets.keys.sorted()
    lines.append("  inside: \(names.joined(separator: ", "))")
    if let search = header.search { lines.append("  search: \(search.compactText)") }
    lines.append(
      "  tensors not used: "
        + (model.ignored.isEmpty
          ? "none" : "\(model.ignored.count) copies, markers and tables that are computed"))
    lines += model.notes.map { "  note: \($0)" }
    self.lines = lines
  }

  /// The sizes that the settings of an architecture name.
  private static func sizes(_ record: ComponentRecord) -> String {
    let names = [
      ("encoderLayers", "encoder layers"), ("decoderLayers", "decoder layers"),
      ("encoderEmbedDim", "channels"), ("encoderFfnEmbedDim", "hidden"),
      ("encoderAttentionHeads", "heads"),
    ]
    return names.compactMap { name, text in
      record.settings[name].map { ", \(text) \($0.compactText)" }
    }.joined()
  }

  private static func start(_ task: ComponentRecord) -> String {
    task.settings["decoderStart"]?.stringValue.map { "; the decoder starts from \($0)" } ?? ""
  }
}
