import Fairline
import FairlineTesting
import Foundation
import Testing

/// A small native model of Marian, made of random numbers, in any of its forms.
struct MarianSpecimen {
  var kind = Kind()
  var tensors: [String: (shape: [Int], values: [Float])] = [:]

  /// What the settings of the model say.
  struct Kind: Sendable {
    var activation = "swish"
    var isBefore = false
    /// `all`, `src`, `target` for the decoder's table and the output, or none.
    var tied = "all"
    var learnsPositions = false
    var normalizesEmbeddings = false
    var omitsBias = false
    /// Whether the output's own table has the form of old files.
    var hasOldOutput = false
    var channels = 8
    var hidden = 16
    var cell: String?
    var depth = (encoder: 2, decoder: 2)
    /// Of decoder layers; empty for none.
    var tiedLayers: [Int] = []
  }

  static let symbols = 20
  static let places = 6
  var heads = 2

  init(_ kind: Kind = Kind(), seed: UInt64 = 1) {
    self.kind = kind
    var numbers = SeededNumbers(seed: seed)
    func add(_ name: String, _ shape: [Int], around center: Float = 0, by width: Float = 0.3) {
      let values = (0..<shape.reduce(1, *)).map { _ in
        center + width * (Float.random(in: -1...1, using: &numbers))
      }
      tensors[name] = (shape, values)
    }
    func addNorm(_ stem: String, _ ending: String) {
      add(stem + "_ln_scale" + ending, [1, kind.channels], around: 1)
      add(stem + "_ln_bias" + ending, [1, kind.channels])
    }
    let (d, ending) = (kind.channels, kind.isBefore ? "_pre" : "")
    let width = 1.2 / Float(d).squareRoot()
    if kind.tied == "all" || kind.tied == "src" {
      add("Wemb", [Self.symbols, d])
    } else {
      add("encoder_Wemb", [Self.symbols, d])
      add("decoder_Wemb", [Self.symbols, d])
    }
    if kind.tied == "src" || kind.tied == "none" {
      if kind.hasOldOutput {
        add("decoder_ff_logit_out_W", [d, Self.symbols])
      } else {
        add("decoder_ff_logit_out_Wt", [Self.symbols, d])
      }
    }
    if !kind.omitsBias { add("decoder_ff_logit_out_b", [1, Self.symbols]) }
    if kind.learnsPositions { add("Wpos", [Self.places, d]) }
    for (side, depth) in [("encoder", kind.depth.encoder), ("decoder", kind.depth.decoder)] {
      let layers =
        side == "decoder" && !kind.tiedLayers.isEmpty ? kind.tiedLayers : Array(1...depth)
      for layer in Set(layers).sorted() {
        let stem = "\(side)_l\(layer)_"
        var attentions = side == "encoder" ? ["self"] : ["self", "context"]
        if side == "decoder", kind.cell != nil {
          attentions = ["context"]
          add(stem + "rnn_W", [d, d], by: width)
          add(stem + "rnn_Wf", [d, d], by: width)
          add(stem + "rnn_bf", [1, d])
          addNorm(stem + "rnn_ffn", ending)
        }
        for attention in attentions {
          for letter in ["q", "k", "v", "o"] {
            add("\(stem)\(attention)_W\(letter)", [d, d], by: width)
            add("\(stem)\(attention)_b\(letter)", [1, d])
          }
          addNorm("\(stem)\(attention)_Wo", ending)
        }
        add(stem + "ffn_W1", [d, kind.hidden], by: width)
        add(stem + "ffn_b1", [1, kind.hidden])
        add(stem + "ffn_W2", [kind.hidden, d], by: width)
        add(stem + "ffn_b2", [1, d])
        addNorm(stem + "ffn_ffn", ending)
      }
      if kind.isBefore { addNorm("\(side)_top", "") }
      if kind.normalizesEmbeddings { addNorm("\(side)_emb", "_pre") }
    }
  }

  private var tiedLayers: String {
    kind.tiedLayers.isEmpty ? " []" : kind.tiedLayers.map { "\n  - \($0)" }.joined()
  }

  /// The text of `special:model.yml`.
  var settings: String {
    """
    # Marian configuration file
    type: transformer
    dim-emb: \(kind.channels)
    dim-vocabs:
      - \(Self.symbols)
      - \(Self.symbols)
    vocabs: [/elsewhere/v.src.yml, "/elsewhere/v.trg.yml"]
    enc-depth: \(kind.depth.encoder)
    dec-depth: \(kind.depth.decoder)
    transformer-heads: \(heads)
    transformer-dim-ffn: \(kind.hidden)
    transformer-ffn-depth: 2
    transformer-ffn-activation: \(kind.activation)
    transformer-preprocess: "\(kind.isBefore ? "n" : "")"
    transformer-postprocess: \(kind.isBefore ? "da" : "dan")
    transformer-postprocess-top: \(kind.isBefore ? "n" : "\"\"")
    transformer-postprocess-emb: \(kind.normalizesEmbeddings ? "nd" : "d")
    transformer-decoder-autoreg: \(kind.cell == nil ? "self-attention" : "rnn")
    dec-cell: \(kind.cell ?? "gru")
    transformer-tied-layers:\(tiedLayers)
    transformer-train-position-embeddings: \(kind.learnsPositions)
    transformer-depth-scaling: true
    guided-alignment: none
    lemma-dim-emb: 0
    tied-embeddings: \(kind.tied == "target")
    tied-embeddings-all: \(kind.tied == "all")
    tied-embeddings-src: \(kind.tied == "src")
    output-omit-bias: \(kind.omitsBias)
    version: v1.11.0

    """
  }

  /// The symbols in their order.
  static let words =
    ["</s>", "<unk>", "it's", "\"", "\\", "yes", "a: b".replacing(" ", with: "\u{2581}"), "é", "#"]
    + (9..<symbols).map { "s\($0)" }

  /// The vocabulary as YAML in many ways of writing.
  static var vocabulary: String {
    words.enumerated().map { number, word in
      switch number {
      case 0: "\"</s>\": 0"
      case 2: "'it''s': 2"
      case 3: "\"\\\"\": 3"
      case 4: "\"\\\\\": 4"
      case 7: "\"\\xe9\": 7"
      case 8: "\"#\": 8"
      case 9: "? \"s9\"\n: 9"
      case 10: "\"\\u0073\\U00000031\\x30\": 10"
      default: "\(word): \(number)"
      }
    }.joined(separator: "\n") + "\n"
  }

  /// Writes a model with its vocabularies.
  func write(_ bytes: [UInt8], named name: String, to folder: URL) throws {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
    for side in ["src", "trg"] {
      try Data(Self.vocabulary.utf8).write(to: folder.appendingPathComponent("v.\(side).yml"))
    }
  }

  private var sorted: [(name: String, shape: [Int], values: [Float])] {
    tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value.shape, $0.value.values) }
  }

  private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func bytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { little($0.bitPattern) }
  }

  // MARK: - Archives of numpy

  /// An `.npz` file.
  func archive(compressed: Bool = false, half: Bool = false) -> [UInt8] {
    func array(_ type: String, _ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
      let lengths = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
      let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(lengths)), }"
      let header = text + String(repeating: " ", count: 117 - text.utf8.count) + "\n"
      return [0x93] + Array("NUMPY".utf8) + [1, 0] + Self.little(UInt16(118)) + Array(header.utf8)
        + bytes
    }
    let text = Array(settings.utf8) + [0]
    var members = sorted.map { name, shape, values in
      let bytes =
        half
        ? values.flatMap { Self.little(Float16($0).bitPattern) } : Self.bytes(values)
      return (name + ".npy", array(half ? "<f2" : "<f4", shape, bytes))
    }
    members.append(("special:model.yml.npy", array("|i1", [text.count], text)))
    return PackedArchive(members, compressed: compressed).bytes
  }

  // MARK: - Binary files

  /// How matrices are rounded in a binary file.
  struct Rounding: Sendable, CustomTestStringConvertible {
    let code: UInt64
    var size = 1
    /// Integers in a register of the processor's; nil for whole rows.
    var width: Int?
    /// Whether tables of embeddings are rounded too, as they lie.
    var roundsTables = false
    var testDescription: String { String(code, radix: 16) }
  }

  /// A binary file.
  func binary(_ rounding: Rounding? = nil) -> [UInt8] {
    var items: [(name: String, code: UInt64, shape: [Int], bytes: [UInt8])] = []
    for (name, shape, values) in sorted {
      guard let rounding, Self.isRounded(name, rounding) else {
        items.append((name, 0x404, shape, Self.bytes(values)))
        continue
      }
      let rows = shape[0]
      let turned =
        name.contains("Wemb")
        ? values
        : (0..<shape[1]).flatMap { column in
          (0..<rows).map { values[$0 * shape[1] + column] }
        }
      items.append(
        (
          name, rounding.code, shape,
          Self.integers(turned, columns: name.contains("Wemb") ? shape[1] : rows, rounding)
        ))
      items.append((name + "_QuantMultA", 0x404, [1], Self.bytes([12.5])))
    }
    items.append(
      ("special:model.yml", 0x101, [settings.utf8.count + 1], Array(settings.utf8) + [0]))
    var file = Self.little(UInt64(1)) + Self.little(UInt64(items.count))
    for index in items.indices {
      let padding = (256 - items[index].bytes.count % 256) % 256
      items[index].bytes += [UInt8](repeating: 0, count: padding)
      file += Self.little(UInt64(items[index].name.utf8.count + 1)) + Self.little(items[index].code)
      file += Self.little(UInt64(items[index].shape.count))
      file += Self.little(UInt64(items[index].bytes.count))
    }
    for item in items { file += Array(item.name.utf8) + [0] }
    for item in items { file += item.shape.flatMap { Self.little(Int32($0)) } }
    let padding = 256 - (file.count + 8) % 256
    file += Self.little(UInt64(padding)) + [UInt8](repeating: 0, count: padding)
    return file + items.flatMap(\.bytes)
  }

  static func isRounded(_ name: String, _ rounding: Rounding) -> Bool {
    // Marian's own rule: names that end with `_W` and at most one letter more.
    let stem = name.hasSuffix("_W") ? name : String(name.dropLast())
    return stem.hasSuffix("_W") && !name.hasPrefix("decoder_ff")
      || rounding.roundsTables && name.contains("Wemb")
  }

  /// What rounding multiplies by: the largest number becomes 127, or 1024 stands for 1.
  static func factor(_ values: [Float], _ rounding: Rounding) -> Float {
    rounding.size == 2 ? 1024 : 127 / values.reduce(0) { max($0, abs($1)) }
  }

  static func rounded(_ values: [Float], _ rounding: Rounding) -> [Int] {
    let factor = factor(values, rounding)
    return values.map { Int(($0 * factor).rounded(.toNearestOrEven)) }
  }

  /// The integers of a matrix in the order of the file, and their factor.
  private static func integers(_ values: [Float], columns: Int, _ rounding: Rounding) -> [UInt8] {
    let integers = rounded(values, rounding)
    var ordered: [Int] = []
    if let width = rounding.width {
      for row in stride(from: 0, to: values.count / columns, by: 8) {
        for column in stride(from: 0, to: columns, by: width) {
          for next in row..<(row + 8) {
            ordered += integers[(next * columns + column)..<(next * columns + column + width)]
          }
        }
      }
    } else {
      ordered = integers
    }
    let bytes =
      rounding.size == 1
      ? ordered.map { UInt8(bitPattern: Int8($0)) } : ordered.flatMap { little(Int16($0)) }
    return bytes + little(factor(values, rounding).bitPattern)
  }

  /// The same model with the numbers that integers stand for.
  func rounded(_ rounding: Rounding) -> MarianSpecimen {
    var copy = self
    for (name, tensor) in tensors where Self.isRounded(name, rounding) {
      let factor = Self.factor(tensor.values, rounding)
      copy.tensors[name]?.values = Self.rounded(tensor.values, rounding).map { Float($0) / factor }
    }
    return copy
  }
}
