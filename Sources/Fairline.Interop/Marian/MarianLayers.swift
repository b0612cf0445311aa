import Fairline

/// The order of what a sub-layer of Marian's does besides its own work, from texts such as `dan`:
/// dropout, addition, normalisation.
enum MarianNormalization {
  case before, after

  /// - Throws: `UserError` when it is an order that Transformers here do not have.
  init(_ settings: ForeignSettings) throws {
    let pre = try Self.operations("transformer-preprocess", usual: "", settings)
    let post = try Self.operations("transformer-postprocess", usual: "dan", settings)
    let top = try Self.operations("transformer-postprocess-top", usual: "", settings)
    switch (pre, post, top) {
    case ("", "an", ""): self = .after
    case ("n", "a", "n"): self = .before
    default:
      throw UserError(
        "\(settings.path) says 'transformer-preprocess' is '\(pre)', 'transformer-postprocess' "
          + "'\(post)' and 'transformer-postprocess-top' '\(top)' besides dropout: only '', 'an', "
          + "'' and 'n', 'a', 'n' are known")
    }
  }

  /// The operations besides dropout, which counts in training only.
  static func operations(
    _ key: String, usual: String, _ settings: ForeignSettings
  ) throws -> String {
    guard settings.has(key) else { return usual.filter { $0 != "d" } }
    // An unquoted `n` or `y` stays a text here.
    guard let text = settings.text(key) else {
      throw UserError("\(settings.path): '\(key)' is no text such as 'dan': use another copy")
    }
    return text.filter { $0 != "d" }
  }
}

/// Places the tensors of Marian's layers.
struct MarianLayers {
  var tensors: PlacedTensors
  private let path: String
  private let normalization: MarianNormalization
  /// What inner numbers of the feed-forward networks are multiplied by: Marian's GELU,
  /// x σ(1.702 x), is swish of numbers that are so much larger.
  private let factor: Float

  init(_ source: MarianTensors, _ normalization: MarianNormalization, factor: Float) {
    tensors = PlacedTensors(source)
    (path, self.normalization, self.factor) = (source.path, normalization, factor)
  }

  /// Places a layer.
  ///
  /// - Parameters:
  ///   - theirs: the beginning of its names in the file, `encoder_l1_`.
  ///   - own: that of its names here, `encoder.layers.0.`.
  ///   - parts: its attentions, with their names in the file and here.
  /// - Throws: `UserError` naming a tensor that the file lacks.
  mutating func add(_ theirs: String, _ own: String, _ parts: [(String, String)]) throws {
    for (attention, name) in parts {
      for (letter, map) in [("q", "q_proj"), ("k", "k_proj"), ("v", "v_proj"), ("o", "out_proj")] {
        try addLinear(
          "\(theirs)\(attention)_W\(letter)", bias: "\(theirs)\(attention)_b\(letter)",
          "\(own)\(name).\(map)")
      }
      try addNorm("\(theirs)\(attention)_Wo", "\(own)\(name)_layer_norm")
    }
    try addFeedForward(theirs, own)
  }

  /// Places the recurrence of a decoder layer.
  mutating func addRecurrence(_ theirs: String, _ own: String) throws {
    for (map, name) in [("rnn_W", "input_proj"), ("rnn_Wf", "forget_proj")] {
      let shape = try matrix(theirs + map)
      tensors.add(
        "\(own)self_ssru.\(name).weight", of: theirs + map, shape: [shape[1], shape[0]],
        .turned(theirs + map))
    }
    try addVector(theirs + "rnn_bf", own + "self_ssru.forget_proj.bias")
    try addNorm(theirs + "rnn_ffn", own + "self_ssru_layer_norm")
  }

  private mutating func addFeedForward(_ theirs: String, _ own: String) throws {
    try addLinear("\(theirs)ffn_W1", bias: "\(theirs)ffn_b1", "\(own)fc1", scale: factor)
    try addLinear(
      "\(theirs)ffn_W2", bias: "\(theirs)ffn_b2", "\(own)fc2", scale: 1 / factor, scalesBias: false)
    try addNorm("\(theirs)ffn_ffn", "\(own)final_layer_norm")
  }

  /// Places a map, whose weight is turned around.
  mutating func addLinear(
    _ weight: String, bias: String, _ own: String, scale: Float = 1, scalesBias: Bool = true
  ) throws {
    let shape = try matrix(weight)
    tensors.add(
      own + ".weight", of: weight, shape: [shape[1], shape[0]], .turned(weight, by: scale))
    try addVector(bias, own + ".bias", scale: scalesBias ? scale : 1)
  }

  /// Places scale and shift of a normalisation, whose names tell whether it comes before.
  private mutating func addNorm(_ theirs: String, _ own: String) throws {
    let ending = normalization == .before ? "_pre" : ""
    try addVector("\(theirs)_ln_scale\(ending)", own + ".weight")
    try addVector("\(theirs)_ln_bias\(ending)", own + ".bias")
  }

  /// Places a row of numbers.
  mutating func addVector(_ name: String, _ own: String, scale: Float = 1) throws {
    guard let shape = tensors.shape(of: name), shape.last == shape.reduce(1, *) else {
      throw lacks(name)
    }
    tensors.add(
      own, of: name, shape: [shape.reduce(1, *)],
      scale == 1 ? .same(name) : .scaled(name, by: scale))
  }

  /// The rows and columns of a matrix.
  func matrix(_ name: String) throws -> [Int] {
    guard let shape = tensors.shape(of: name), shape.count == 2 else { throw lacks(name) }
    return shape
  }

  private func lacks(_ name: String) -> UserError {
    UserError(
      "\(path) has no tensor '\(name)' as its settings ask for: it is a model of another kind")
  }
}
