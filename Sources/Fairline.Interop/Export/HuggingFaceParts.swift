import Fairline
import FairlineData
import FairlineFoundation
import FairlineTensor

/// The tensors of a model on their way into Hugging Face's names, and the files of a folder.
struct HuggingFaceParts {
  private let form: TransformerForm
  private(set) var tensors: DerivedTensors
  /// The parameters that have a place.
  var placed: Set<String> = []

  private static let bias = "decoder.output_projection.bias"

  init(_ form: TransformerForm) {
    self.form = form
    tensors = DerivedTensors(of: form.model.tensors)
  }

  /// Adds a tensor.
  mutating func add(_ name: String, shape: [Int], _ recipe: DerivedTensors.Recipe) {
    tensors = tensors.adding(name, shape: shape, recipe)
  }

  /// Adds a table with a row for each symbol.
  mutating func addTable(_ name: String, of own: String, _ symbols: ExportedSymbols) throws {
    let (shape, recipe) = try form.recipe(own, symbols)
    add(name, shape: shape, recipe)
    placed.insert(own)
  }

  /// Adds what is added to the logits, zeros where that is nothing.
  mutating func addBias(_ bias: [Float]?, _ symbols: ExportedSymbols) {
    placed.insert(Self.bias)
    let numbers = symbols.rows.map { row -> Float in
      row < 0 ? ForeignVocabulary.excluded : bias?[Int(row)] ?? 0
    }
    add("final_logits_bias", shape: [1, numbers.count], .numbers(numbers))
  }

  /// Adds a parameter whose name differs by its beginning only.
  ///
  /// - Throws: `UserError` when the model has none of this name.
  mutating func addSame(_ name: String) throws {
    guard let shape = form.model.tensors.shape(of: name) else {
      throw UserError("\(form.model.path) has no '\(name)': it is a model of another kind")
    }
    add("model." + name, shape: shape, .same(name))
    placed.insert(name)
  }

  /// Adds the tensors of both stacks' layers, numbered from 0.
  mutating func addLayers() {
    for side in [form.encoder, form.decoder] {
      for (place, layer) in side.layers.enumerated() {
        let prefix = "\(side.name).layers.\(layer)."
        for name in form.model.tensors.names where name.hasPrefix(prefix) {
          let rest = name.dropFirst(prefix.count)
          add(
            "model.\(side.name).layers.\(place).\(rest)",
            shape: form.model.tensors.shape(of: name) ?? [], .same(name))
          placed.insert(name)
        }
      }
    }
  }

  /// Refuses a model with parameters that have no place.
  func refuseUnplaced(format: String) throws { try form.refuseUnplaced(placed, format: format) }

  /// Symbols that stand for themselves in text, as a tokenizer's settings list them.
  static func marked(_ symbols: [(String, Int)]) -> JSONValue {
    var added = JSONObject()
    for (symbol, number) in symbols {
      added["\(number)"] = [
        "content": .string(symbol), "lstrip": false, "normalized": false, "rstrip": false,
        "single_word": false, "special": true,
      ]
    }
    return .object(added)
  }

  /// Writes the folder: `model.safetensors`, documents and further files.
  func write(
    to folder: String, documents: [(String, JSONValue)], files: [(String, [UInt8])]
  ) throws {
    let writer = try TensorFileWriter(
      path: Paths.join(folder, "model.safetensors"),
      tensors: tensors.names.map { TensorDeclaration($0, tensors.shape(of: $0) ?? []) },
      metadata: ["format": "pt"])
    for name in tensors.names { try writer.write(name, try tensors.floats(name)) }
    try writer.finish()
    for (name, bytes) in documents.map({ ($0, Array(($1.prettyText + "\n").utf8)) }) + files {
      let file = try FileWriter(Paths.join(folder, name))
      try file.write(bytes)
      try file.finish()
    }
  }
}

/// The settings of the search that a model brings, in Hugging Face's names; else fairseq's, as
/// close as they come.
struct HuggingFaceSearch {
  /// The settings.
  private(set) var settings = JSONObject()

  init(_ form: TransformerForm, positions: Int) {
    let search = form.model.header.search
    func number(_ name: String, _ usual: Int) -> Int { search?[name]?.integerValue ?? usual }
    let isOwn = search?["conventions"]?.stringValue == "huggingface"
    // Both lengths count the start, the upper one the end too.
    let longest = min(number("maxLenB", 200) + 2, positions)
    settings["early_stopping"] = search?["earlyStopping"] ?? .bool(!isOwn)
    settings["length_penalty"] = search?["lenpen"] ?? 1.0
    settings["max_length"] = .integer(longest)
    let least = number("minLen", 1)
    if least > 0 { settings["min_length"] = .integer(least + 1) }
    if number("noRepeatNgramSize", 0) > 0 {
      settings["no_repeat_ngram_size"] = .integer(number("noRepeatNgramSize", 0))
    }
    settings["num_beams"] = .integer(number("beam", 5))
    settings["renormalize_logits"] = search?["renormalize"] ?? false
  }

  /// The settings where special symbols have fairseq's numbers and outputs begin behind the end.
  var withSpecialSymbols: JSONObject {
    let end = JSONValue.integer(Int(Vocabulary.eos))
    var all = settings
    all["bos_token_id"] = .integer(Int(Vocabulary.bos))
    all["decoder_start_token_id"] = end
    all["eos_token_id"] = end
    all["forced_eos_token_id"] = end
    all["pad_token_id"] = .integer(Int(Vocabulary.pad))
    return all
  }
}

extension TransformerForm {
  private static let activations = ["relu": "relu", "swish": "swish", "gelu": "gelu"]

  /// The name of the activation in Hugging Face's forms.
  ///
  /// - Throws: `UserError` when they have none.
  func activationName(format: String) throws -> String {
    guard let name = Self.activations[activation] else {
      throw UserError(
        "\(model.path) has the activation '\(activation)', and the format \(format) holds "
          + "\(Self.activations.keys.sorted().joined(separator: ", "))")
    }
    return name
  }

  /// The sizes and rates that all of Hugging Face's forms of the family of BART have.
  func sizes(activation: String, positions: Int) -> JSONObject {
    let settings = model.header.architecture.settings
    var sizes = JSONObject()
    sizes["activation_dropout"] = settings["activationDropout"] ?? 0.0
    sizes["activation_function"] = .string(activation)
    sizes["attention_dropout"] = settings["attentionDropout"] ?? 0.0
    sizes["d_model"] = .integer(channels)
    for side in [encoder, decoder] {
      sizes["\(side.name)_attention_heads"] = .integer(side.heads)
      sizes["\(side.name)_ffn_dim"] = .integer(side.hidden)
      sizes["\(side.name)_layerdrop"] = 0.0
      sizes["\(side.name)_layers"] = .integer(side.layers.count)
    }
    sizes["dropout"] = settings["dropout"] ?? 0.0
    sizes["dtype"] = "float32"
    sizes["is_encoder_decoder"] = true
    sizes["max_position_embeddings"] = .integer(positions)
    sizes["num_hidden_layers"] = .integer(encoder.layers.count)
    sizes["scale_embedding"] = .bool(scalesEmbeddings)
    sizes["use_cache"] = true
    return sizes
  }
}
