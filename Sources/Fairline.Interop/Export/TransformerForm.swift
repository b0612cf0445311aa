import Fairline
import FairlineData
import FairlineTensor
import Foundation

/// A Transformer of translation, as far as the forms of other programs hold it.
struct TransformerForm {
  /// One of the two stacks.
  struct Side {
    /// `encoder` or `decoder`, with which its parameters' names begin.
    let name: String
    /// The numbers in the names of its layers.
    let layers: [Int]
    let heads, hidden: Int
    let normalizesBefore: Bool
    let learnsPositions: Bool
    /// The longest sentence.
    let positions: Int
    let vocabulary: Vocabulary
  }

  let model: ExportedModel
  let encoder, decoder: Side
  let channels: Int
  let activation: String
  let scalesEmbeddings, normalizesEmbeddings: Bool
  /// Whether one table serves both sides and the output.
  let sharesAll: Bool
  /// Whether the output's table is the decoder's.
  let sharesOutput: Bool
  /// The symbol that the decoder starts from.
  let start: Int32
  /// What normalisations add to the variance.
  let epsilon: Double
  private let waves: SinusoidForm?

  /// Reads a model's settings.
  ///
  /// - Parameter format: the name of the other form, for messages.
  /// - Throws: `UserError` naming what no other form holds.
  init(_ model: ExportedModel, format: String) throws {
    self.model = model
    let record = model.header.architecture
    guard case .object(let members) = record.settings, record.name.hasPrefix("transformer"),
      model.header.task.name == "translation"
    else {
      throw UserError(
        "\(model.path) is a model '\(record.name)' for \(model.header.task.name): the format "
          + "\(format) holds Transformers that translate")
    }
    let settings = ForeignSettings(members, path: model.path)
    try Self.refuseVariants(settings, model.tensors.names, format)
    let width = 1...1_000_000
    channels = try settings.number("encoderEmbedDim", in: width)
    for part in ["embed", "input", "output"] {
      let own = try settings.number(
        "decoder\(part.capitalized)Dim", in: width, usual: channels)
      guard own == channels else {
        throw UserError(
          "\(model.path) has another '--decoder-\(part)-dim' than '--encoder-embed-dim', which "
            + "the format \(format) does not hold")
      }
    }
    let description = model.header.description
    func side(_ name: String, _ dictionary: String, positions: Int) throws -> Side {
      guard let bytes = model.assets[dictionary] else {
        throw UserError("\(model.path) has no dictionary '\(dictionary)': export its checkpoint")
      }
      let usual = try settings.number("encoderFfnEmbedDim", in: width)
      return Side(
        name: name, layers: Self.layers(of: name, model.tensors),
        heads: try settings.number("\(name)AttentionHeads", in: width),
        hidden: try settings.number("\(name)FfnEmbedDim", in: width, usual: usual),
        normalizesBefore: try settings.flag("\(name)NormalizeBefore", usual: false),
        learnsPositions: try settings.flag("\(name)LearnedPos", usual: false),
        positions: positions, vocabulary: try Vocabulary(serialized: bytes, name: dictionary))
    }
    encoder = try side("encoder", "dict.src", positions: description.maximumSourcePositions)
    decoder = try side("decoder", "dict.tgt", positions: description.maximumTargetPositions)
    activation = settings.text("activationFn") ?? "relu"
    scalesEmbeddings = try !settings.flag("noScaleEmbedding", usual: false)
    normalizesEmbeddings = try settings.flag("layernormEmbedding", usual: false)
    sharesAll = try settings.flag("shareAllEmbeddings", usual: false)
    sharesOutput = try sharesAll || settings.flag("shareDecoderInputOutputEmbed", usual: false)
    let form = SinusoidForm(rawValue: settings.text("sinusoid") ?? "fairseq")
    waves = try settings.flag("noTokenPositionalEmbeddings", usual: false) ? nil : form
    let first = model.header.task.settings["decoderStart"]?.stringValue
    start = first.map(decoder.vocabulary.id) ?? Vocabulary.eos
    epsilon = try settings.fraction("layerNormEps", usual: Self.usualEpsilon)
  }

  /// What normalisations add to the variance in most programs.
  static let usualEpsilon = 1e-5

  private static func refuseVariants(
    _ settings: ForeignSettings, _ names: [String], _ format: String
  ) throws {
    let variants = [
      "crossSelfAttention": "a decoder whose self-attention sees the source",
      "noCrossAttention": "a decoder without attention over the source",
    ]
    for (key, text) in variants.sorted(by: { $0.key < $1.key }) {
      guard try settings.flag(key, usual: false) else { continue }
      throw UserError("\(settings.path) has \(text), which the format \(format) does not hold")
    }
    guard settings.text("decoderSelfLayer") ?? "attention" == "attention" else {
      throw UserError(
        "\(settings.path) has a recurrent decoder, which the format \(format) does not hold")
    }
    guard !names.contains(where: { $0.hasPrefix("decoder.adaptive_softmax.") }) else {
      throw UserError(
        "\(settings.path) has an adaptive softmax, which the format \(format) does not hold")
    }
  }

  /// The numbers of layers that have parameters.
  private static func layers(of side: String, _ tensors: any TensorSource) -> [Int] {
    let numbers = tensors.names.compactMap { name -> Int? in
      let parts = name.split(separator: ".", maxSplits: 3)
      guard parts.count == 4, parts[0] == side, parts[1] == "layers" else { return nil }
      return Int(parts[2])
    }
    return Set(numbers).sorted()
  }

  /// Whether sources end with the end symbol.
  var endsSources: Bool { model.header.task.settings["sourceEnd"]?.boolValue ?? true }

  /// Whether the model has symbols of languages, which callers put before sentences.
  var hasLanguageTokens: Bool {
    model.header.task.settings["languageTokens"]?.stringValue != nil
  }

  /// Whether positions are sines and cosines of one of Fairline's forms on both sides.
  func computesPositions(by form: SinusoidForm) -> Bool {
    waves == form && !encoder.learnsPositions && !decoder.learnsPositions
  }

  /// What is added to the logits of symbols; nil for nothing. `[symbol]`
  func outputBias() throws -> [Float]? {
    let name = "decoder.output_projection.bias"
    return model.tensors.shape(of: name) == nil ? nil : try model.tensors.floats(name)
  }

  /// What is added to the tokens of sentences, from the first token on. `[place, channel]`
  ///
  /// - Parameter places: how many rows a table has that is not learned.
  func positionTable(_ side: Side, places: Int) throws -> [Float] {
    guard let waves else { return [Float](repeating: 0, count: places * channels) }
    // Places are counted from 2.
    if side.learnsPositions {
      let table = try model.tensors.floats("\(side.name).embed_positions.weight")
      return Array(table.dropFirst(2 * channels))
    }
    let table = SinusoidalTable(channels: channels, places: places + 2, form: waves)
    return table.values.withScalars { Array($0.dropFirst(2 * channels)) }
  }
}
