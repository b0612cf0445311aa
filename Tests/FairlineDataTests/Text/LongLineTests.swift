import FairlineData
import FairlineTesting
import Foundation
import Testing

/// Long lines with runs of characters that a model does not know.
@Suite struct LongLineTests {
  /// Text whose runs are long enough to be cut, and that is short enough not to be.
  private static func runs(seed: UInt64) -> String {
    var numbers = SeededNumbers(seed: seed)
    let unknown = Array("☃ЖשñΩ漢{}~☂").map(String.init)
    // Characters that normalization replaces or joins, at the edges of runs and in them.
    let special = ["①", "e\u{301}", "ﬁ", "Ａ", "\u{200B}", "\u{301}", "\u{3000}", " ", "a", "…"]
    var text = ""
    for length in [2000, 1025, 1024, 30, 1500] {
      let one = unknown.randomElement(using: &numbers) ?? "☃"
      let mixed = Bool.random(using: &numbers)
      text += special.randomElement(using: &numbers) ?? "①"
      for place in 0..<length {
        text += mixed ? unknown.randomElement(using: &numbers) ?? "☃" : one
        if place == 700 { text += special.randomElement(using: &numbers) ?? "a" }
      }
      text += special.randomElement(using: &numbers) ?? " "
      text += MadeText.lines(3, seed: seed).joined(separator: " ")
    }
    return text
  }

  private static var models: [SentencePieceModel] {
    get throws {
      let golden = try SentencePieceTests.golden.map {
        try SentencePieceModel(contentsOf: $0.appendingPathComponent("spm.model").path)
      }
      return try golden + SentencePieceTraining.Kind.allCases.map(SentencePieceTests.model)
    }
  }

  /// What follows behind a space makes the line long enough to be cut.
  @Test func piecesAndIdsAreSentencePieces() throws {
    let words = String(repeating: " the dog", count: 1 << 13)
    for model in try Self.models {
      let end = try (model.encode(words), model.encodeIds(words))
      for seed in 1...12 as ClosedRange<UInt64> {
        let text = Self.runs(seed: seed)
        #expect(text.utf8.count < 1 << 15 && (text + words).utf8.count > 1 << 15)
        let start = try (model.encode(text), model.encodeIds(text))
        #expect(try model.encode(text + words) == start.0 + end.0)
        #expect(try model.encodeIds(text + words) == start.1 + end.1)
      }
    }
  }

  /// A run takes a time in proportion to its length, not to its square.
  @Test func aRunIsNotQuadratic() throws {
    for kind in [SentencePieceTraining.Kind.unigram, .bpe] {
      let model = try SentencePieceTests.model(kind)
      let run = String(repeating: "☃", count: 1_500_000)
      let start = DispatchTime.now()
      let pieces = try model.encode("dog " + run + " dog")
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
      // SentencePiece alone copies 3 TB here.
      #expect(seconds < 60)
      #expect(pieces.contains { $0 == run || $0 == "\u{2581}" + run })
      #expect(try model.decode(pieces) == "dog " + run + " dog")
      let id = try model.encodeIds(run)
      #expect(id.count <= 2 && id.last == model.unknownId)
    }
  }
}
