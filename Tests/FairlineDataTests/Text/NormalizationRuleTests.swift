import FairlineData
import FairlineTesting
import Foundation
import Testing

/// Damaged rules of normalization, which SentencePiece would follow out of its memory.
@Suite struct NormalizationRuleTests {
  private static func numbersModel() throws -> [UInt8] {
    let folder = try #require(
      SentencePieceTests.golden.first { $0.lastPathComponent == "numbers" })
    return Array(try Data(contentsOf: folder.appendingPathComponent("spm.model")))
  }

  /// A flipped bit that made the library read foreign memory.
  @Test func aTrieThatLeadsOutOfItselfIsRefused() throws {
    let sound = try Self.numbersModel()
    var damaged = sound
    damaged[2090] ^= 0x20
    #expect(message { _ = try SentencePieceModel(serialized: damaged) }.contains("normalization"))
    #expect(try SentencePieceModel(serialized: sound).encode("①") != [])
  }

  @Test func damagedRulesAreRefusedOrHarmless() throws {
    let sound = try Self.numbersModel()
    var numbers = SeededNumbers(seed: 9)
    let line = "March ① ﬁ e\u{301} カ\u{3099} 😀 \u{A0}x\u{200B}"
    var refused = 0
    for _ in 0..<200 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...5, using: &numbers) {
        bytes[Int.random(in: 2050..<bytes.count, using: &numbers)] ^=
          1 << UInt8.random(in: 0..<8, using: &numbers)
      }
      do {
        _ = try SentencePieceModel(serialized: bytes).encode(line)
      } catch { refused += 1 }
    }
    #expect(refused > 20 && refused < 200)
  }
}
