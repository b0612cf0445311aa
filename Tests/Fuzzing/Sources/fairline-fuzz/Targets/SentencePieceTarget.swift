import Fairline
import FairlineData

/// SentencePiece models, which are protocol buffers.
struct SentencePieceTarget: FuzzTarget {
  func seeds() -> [[UInt8]] { [model(kind: 1), model(kind: 2)] }

  /// A model of a few pieces; kind 1 is a unigram model, 2 is BPE.
  private func model(kind: UInt8) -> [UInt8] {
    func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
      [number << 3 | 2, UInt8(bytes.count)] + bytes
    }
    func piece(_ text: String, _ score: Float, type: UInt8 = 1) -> [UInt8] {
      let bits = withUnsafeBytes(of: score.bitPattern.littleEndian) { Array($0) }
      return field(1, field(1, Array(text.utf8)) + [2 << 3 | 5] + bits + [3 << 3, type])
    }
    var bytes = piece("<unk>", 0, type: 2) + piece("<s>", 0, type: 3) + piece("</s>", 0, type: 3)
    for (number, text) in ["\u{2581}", "a", "b", "ab", "\u{2581}a", "é"].enumerated() {
      bytes += piece(text, -Float(number))
    }
    bytes += field(2, [3 << 3, kind])
    return bytes + field(3, field(1, Array("identity".utf8)))
  }

  var tokens: [String] { ["<unk>", "<0x41>", "\u{2581}", "identity"] }

  func read(_ bytes: [UInt8]) throws {
    let model = try SentencePieceModel(serialized: bytes)
    for id in 0..<model.pieceCount { _ = (model.piece(id), model.isOrdinary(id)) }
    for line in ["ab a", "", " é\u{2581}\u{0} \u{1F600} "] {
      let pieces = try model.encode(line)
      _ = try model.decode(pieces)
      _ = try model.decode(ids: model.encodeIds(line))
    }
  }
}
