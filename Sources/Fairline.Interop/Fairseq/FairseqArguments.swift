import Fairline

/// What a checkpoint of fairseq says about how it was trained, in the names of the newest version.
struct FairseqArguments {
  private let path: String
  /// The settings of model and task together.
  private var values: JSONObject

  /// Reads `cfg`, or `args` where there is no `cfg`.
  ///
  /// - Throws: `UserError` when the file has neither, or does not name an architecture.
  init(_ root: PickleNode, path: String) throws {
    self.path = path
    var values = JSONObject()
    if let groups = root["cfg"] {
      for group in ["task", "criterion", "model"] {
        if let part = groups[group] { Self.lay(part.json, over: &values) }
      }
      // The name of a group is the name of what it chooses.
      for (group, key) in [("model", "arch"), ("task", "task")] {
        guard let part = groups[group] else { continue }
        if let name = part["_name"]?.text ?? part[key]?.text { values[key] = .string(name) }
      }
    } else if let arguments = root["args"] {
      Self.lay(arguments.json, over: &values)
    } else {
      throw UserError(
        "\(path) says neither 'cfg' nor 'args': it is no checkpoint that fairseq wrote")
    }
    if let both = values["max_positions"] {
      for side in ["max_source_positions", "max_target_positions"] where values[side] == nil {
        values[side] = both
      }
    }
    if values["relu_dropout"] != nil, values["activation_dropout"] == nil {
      values["activation_dropout"] = values["relu_dropout"]
    }
    guard values["arch"]?.stringValue != nil else {
      throw UserError("\(path) does not say its architecture: it is no checkpoint of fairseq")
    }
    self.values = values
  }

  /// Lays the members of an object over others; those of `encoder` and `decoder` get the side as
  /// the beginning of their names, nulls are left out.
  private static func lay(_ json: JSONValue, over values: inout JSONObject) {
    guard case .object(let members) = json else { return }
    for (key, value) in members where value != .null && !key.hasPrefix("_") {
      if case .object(let side) = value, key == "encoder" || key == "decoder" {
        for (name, value) in side where value != .null && !name.hasPrefix("_") {
          values["\(key)_\(name)"] = value
        }
      } else {
        values[key] = value
      }
    }
  }

  /// Leaves out what fairseq notes and does not use with these tensors, and says what old versions
  /// meant.
  mutating func fit(to tensors: TorchTensors) {
    let isAdaptive = tensors.names.contains { $0.hasPrefix("decoder.adaptive_softmax.") }
    if isAdaptive {
      values["share_decoder_input_output_embed"] = nil
    } else {
      values["adaptive_softmax_cutoff"] = nil
    }
    if values["adaptive_input"]?.boolValue != true { values["adaptive_input_cutoff"] = nil }
    // Before there was a flag for it, language models ended without a normalisation.
    if let apart = values["no_tie_adaptive_proj"]?.boolValue {
      values["no_decoder_final_norm"] = true
      if !apart { values["tie_adaptive_proj"] = true }
    }
    if let isLast = values["decoder_final_norm"]?.boolValue {
      values["no_decoder_final_norm"] = .bool(!isLast)
    }
    if values["tie_adaptive_weights"]?.boolValue != true { values["tie_adaptive_proj"] = nil }
  }

  /// The architecture without the name of its preset: all sizes stand in the file.
  var architecture: String {
    let name = values["arch"]?.stringValue ?? ""
    if name.hasPrefix("transformer_lm") { return "transformer_lm" }
    if name.hasSuffix("_align") { return "transformer_align" }
    for family in ["lstm_lm", "lstm", "fconv_lm", "fconv", "transformer"]
    where name == family || name.hasPrefix(family + "_") {
      return family
    }
    return name
  }

  /// The task; translation where an old file says nothing.
  var task: String { values["task"]?.stringValue ?? "translation" }

  /// The settings of the architecture, under the names of properties.
  var architectureSettings: JSONValue {
    var settings = JSONObject()
    for (key, value) in values where key != "arch" && key != "task" && key != "data" {
      settings[key.propertyName] = value
    }
    return .object(settings)
  }

  /// The languages and lengths.
  var taskSettings: JSONValue {
    var settings = JSONObject()
    let names =
      task == "language_modeling"
      ? ["tokens_per_sample", "max_target_positions", "output_dictionary_size"]
      : ["source_lang", "target_lang", "max_source_positions", "max_target_positions"]
    for name in names { settings[name.propertyName] = values[name] }
    return .object(settings)
  }

  /// A language of the pair.
  func language(_ side: String) -> String? { values["\(side)_lang"]?.stringValue }

  /// What a model is built for.
  ///
  /// - Parameters:
  ///   - source: symbols of the source; nil without one.
  ///   - isJoint: whether both sides have one dictionary, as far as that is known.
  func description(source: Int?, target: Int, isJoint: Bool?) -> TaskDescription {
    let longest = values["max_target_positions"]?.integerValue
    guard let source else {
      let predicted = values["output_dictionary_size"]?.integerValue ?? -1
      return TaskDescription(
        symbols: target, predictedSymbols: predicted > 0 ? predicted : nil,
        maximumPositions: longest ?? values["tokens_per_sample"]?.integerValue ?? 1024)
    }
    let shares = values["share_all_embeddings"]?.boolValue ?? false
    return TaskDescription(
      sourceSymbols: source, targetSymbols: target,
      sharesVocabulary: shares || (isJoint == true && source == target),
      maximumSourcePositions: values["max_source_positions"]?.integerValue ?? longest ?? 1024,
      maximumTargetPositions: longest ?? 1024)
  }

  /// Refuses files so old that their stacks end in another way.
  func checkVersions(_ tensors: TorchTensors) throws {
    for side in ["encoder", "decoder"] {
      guard tensors.shape(of: "\(side).version") != nil,
        values["\(side)_normalize_before"]?.boolValue == true
      else { continue }
      let version = try tensors.floats("\(side).version").first ?? 0
      guard version < (side == "encoder" ? 2 : 3) else { continue }
      guard tensors.shape(of: "\(side).layer_norm.weight") == nil else { continue }
      throw UserError(
        "\(path) has a pre-norm \(side) without a last normalisation, as fairseq had before 0.5: "
          + "it is not known here")
    }
  }
}
