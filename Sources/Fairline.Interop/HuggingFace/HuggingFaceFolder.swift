import Fairline

/// A folder that `save_pretrained` of Hugging Face's transformers wrote: settings, tensors, and
/// what a tokenizer needs.
struct HuggingFaceFolder {
  /// The folder.
  let candidate: ImportCandidate
  /// `config.json`.
  let settings: ForeignSettings
  /// `generation_config.json` laid over the settings of generation in `config.json`.
  let generation: ForeignSettings
  /// `tokenizer_config.json`, empty when there is none.
  let tokenizer: ForeignSettings
  /// The tensors of `model.safetensors`, or of `pytorch_model.bin`, which may be several files.
  let tensors: any TensorSource

  private static let safetensors = "model.safetensors"
  private static let pickled = "pytorch_model.bin"
  private static let indexSuffix = ".index.json"

  /// The kind of model in a folder, or in the folder of a file with tensors; nil for any other.
  static func kind(of candidate: ImportCandidate) -> String? {
    guard candidate.isFolder || isWeights(candidate.path),
      let config = try? candidate.object(in: "config.json")
    else { return nil }
    return config["model_type"]?.stringValue
  }

  private static func isWeights(_ path: String) -> Bool {
    let names = [safetensors, pickled] + [safetensors, pickled].map { $0 + indexSuffix }
    return names.contains { path == $0 || path.hasSuffix("/" + $0) }
  }

  /// Reads the settings and opens the tensors.
  ///
  /// - Throws: `UserError` or `TensorFileError` naming the file that is missing or damaged.
  init(_ candidate: ImportCandidate) throws {
    self.candidate = candidate
    func settings(_ name: String) throws -> JSONObject? { try candidate.object(in: name) }
    let config = try settings("config.json") ?? JSONObject()
    let path = candidate.file("config.json") ?? candidate.path
    self.settings = ForeignSettings(config, path: path)
    var generation = config
    for (key, value) in try settings("generation_config.json") ?? JSONObject() {
      generation[key] = value
    }
    self.generation = ForeignSettings(
      generation, path: candidate.file("generation_config.json") ?? path)
    tokenizer = ForeignSettings(
      try settings("tokenizer_config.json") ?? JSONObject(),
      path: candidate.file("tokenizer_config.json") ?? path)
    tensors = try Self.tensors(candidate)
  }

  private static func tensors(_ candidate: ImportCandidate) throws -> any TensorSource {
    let wantsPickle = candidate.path.hasSuffix(pickled)
    if !wantsPickle, let path = candidate.file(safetensors) {
      return try TensorFile(path: path).parameters
    }
    if let path = candidate.file(pickled) {
      let file = try TorchFile(path: path)
      return try TorchTensors(file, file.root)
    }
    if !wantsPickle, candidate.file(safetensors + indexSuffix) != nil {
      return try ShardedTensors(candidate, index: safetensors + indexSuffix) {
        try TensorFile(path: $0).parameters
      }
    }
    if candidate.file(pickled + indexSuffix) != nil {
      return try ShardedTensors(candidate, index: pickled + indexSuffix) {
        let file = try TorchFile(path: $0)
        return try TorchTensors(file, file.root)
      }
    }
    throw UserError(
      "\(candidate.folder) has neither \(safetensors) nor \(pickled): put the model's tensors "
        + "beside config.json")
  }

  /// The bytes of a file that must be there.
  func contents(of name: String) throws -> [UInt8] {
    guard let bytes = try candidate.contents(of: name) else {
      throw UserError(
        "\(candidate.folder) has no \(name): put the tokenizer's files beside config.json")
    }
    return bytes
  }

  /// The symbols of a vocabulary in the order of their numbers.
  ///
  /// - Parameters:
  ///   - name: a file of one object, symbols with their numbers.
  ///   - count: how many rows the table has; symbols that the file lacks get made-up names.
  func symbols(in name: String, count: Int) throws -> [String] {
    guard let members = try candidate.object(in: name) else {
      _ = try contents(of: name)
      return []
    }
    let path = candidate.file(name) ?? name
    var symbols = [String?](repeating: nil, count: count)
    for (symbol, value) in members {
      guard let number = value.integerValue, symbols.indices.contains(number) else {
        throw UserError(
          "\(path) gives '\(symbol)' the number \(value.compactText), and the model's table has "
            + "\(count) rows: use the vocabulary that belongs to the model")
      }
      guard symbols[number] == nil else {
        throw UserError("\(path) gives two symbols the number \(number): use another copy")
      }
      symbols[number] = symbol
    }
    return symbols.enumerated().map { $1 ?? "madeupword\($0)" }
  }

  /// The symbols that stand for themselves in text: those of `tokenizer_config.json`.
  ///
  /// - Parameter usual: what counts where it does not say.
  func markedSymbols(usual: [String]) -> [String] {
    guard case .object(let members)? = tokenizer.json("added_tokens_decoder") else { return usual }
    let symbols = members.compactMap { $0.value["content"]?.stringValue }.filter { !$0.isEmpty }
    return symbols.isEmpty ? usual : symbols
  }

  /// The numbers of those symbols.
  var markedNumbers: [Int: String] {
    guard case .object(let members)? = tokenizer.json("added_tokens_decoder") else { return [:] }
    var numbers: [Int: String] = [:]
    for (key, value) in members {
      if let number = Int(key), let text = value["content"]?.stringValue { numbers[number] = text }
    }
    return numbers
  }

  /// Settings of the search that the folder asks for, in Fairline's names.
  ///
  /// - Parameters:
  ///   - longest: the most symbols that the decoder reads.
  ///   - notes: receives what cannot be done.
  func search(longest: Int, notes: inout [String]) throws -> JSONValue {
    let counts = 0...1_000_000
    var search = JSONObject()
    search["conventions"] = "huggingface"
    search["beam"] = .integer(try generation.number("num_beams", in: 1...1000, usual: 1))
    search["lenpen"] = .number(try generation.fraction("length_penalty", usual: 1))
    // Both lengths count the symbol that the decoder starts from; the end is one more.
    var most = try generation.number("max_length", in: counts, usual: 20)
    if most == 20 {
      most = 21
      notes.append(
        "it has the usual length limit of 20 symbols, as Hugging Face has: --max-len-b raises it")
    }
    most = min(most, longest)
    search["maxLenB"] = .integer(max(most - 2, 0))
    let least = try generation.number("min_length", in: counts, usual: 0)
    search["minLen"] = .integer(max(least - 1, 0))
    search["noRepeatNgramSize"] = .integer(
      try generation.number("no_repeat_ngram_size", in: counts, usual: 0))
    search["renormalize"] = .bool(try generation.flag("renormalize_logits", usual: false))
    switch generation.json("early_stopping") {
    case nil: break
    case .bool(let stops)?: search["earlyStopping"] = .bool(stops)
    default: notes.append("its early_stopping is not known here: search stops as with false")
    }
    if try generation.flag("do_sample", usual: false) {
      notes.append("it asks for sampling, which only --sampling turns on")
    }
    if !generation.has("forced_eos_token_id") {
      notes.append("it forces no end at the length limit; here one is, at no cost")
    }
    return .object(search)
  }
}
