import CFairlineKernels
import Testing

/// Philox4x32-10 written word by word.
func philoxBlock(counter: [UInt32], key: [UInt32]) -> [UInt32] {
  var (c, k) = (counter, key)
  for _ in 0..<10 {
    let a = UInt64(c[0]) * 0xd251_1f53
    let b = UInt64(c[2]) * 0xcd9e_8d57
    c = [
      UInt32(b >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: b),
      UInt32(a >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: a),
    ]
    k = [k[0] &+ 0x9e37_79b9, k[1] &+ 0xbb67_ae85]
  }
  return c
}

/// The word of one element of a stream.
func philoxWord(_ element: UInt64, key: UInt64, stream: UInt64) -> UInt32 {
  let halves = { (x: UInt64) in [UInt32(truncatingIfNeeded: x), UInt32(x >> 32)] }
  return philoxBlock(
    counter: halves(element / 4) + halves(stream), key: halves(key))[Int(element % 4)]
}

extension KernelTests {
  static func words(_ count: Int, key: UInt64, stream: UInt64, first: UInt64) -> [UInt32] {
    var found = [UInt32](repeating: 0, count: count + 1)
    fl_random_words(&found, key, stream, first, Int64(count))
    #expect(found[count] == 0)
    return Array(found[..<count])
  }

  /// The test vectors published with the generator.
  @Test func philoxGivesThePublishedWords() {
    #expect(
      philoxBlock(counter: [0, 0, 0, 0], key: [0, 0])
        == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    #expect(
      philoxBlock(counter: [UInt32](repeating: .max, count: 4), key: [.max, .max])
        == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    #expect(
      philoxBlock(
        counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        key: [0xa409_3822, 0x299f_31d0])
        == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    Self.atEveryLevel { level in
      #expect(
        Self.words(4, key: 0, stream: 0, first: 0)
          == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8], "at \(level)")
    }
  }

  @Test func wordsOfAnyRange() {
    Self.atEveryLevel { level in
      let (key, stream): (UInt64, UInt64) = (0x299f_31d0_a409_3822, 0x0370_7344_1319_8a2e)
      for start in [0, 1_000_003, 0x3_ffff_fff0, UInt64.max / 2 - 50] as [UInt64] {
        for shift in 0..<9 as Range<UInt64> {
          for count in [0, 1, 3, 4, 59, 60, 61, 64, 65, 128, 200] {
            let first = start + shift
            let expected = (0..<UInt64(count)).map {
              philoxWord(first + $0, key: key, stream: stream)
            }
            #expect(
              Self.words(count, key: key, stream: stream, first: first) == expected,
              "\(count) words from \(first) at \(level)")
          }
        }
      }
    }
  }

  @Test func dropoutKeepsTheElementsWhoseWordsAreLarge() {
    Self.atEveryLevel { level in
      for p in [0, 0.1, 0.5, 0.9, 1] as [Float] {
        for (count, first) in [(0, 0), (1, 7), (63, 1), (64, 0), (200, 4), (1000, 3)] {
          let (x, dx) = (numbers(count), numbers(count, seed: 2))
          let threshold = Double(p) * 4_294_967_296
          let kept = (0..<count).map { i in
            let word = philoxWord(UInt64(first + i), key: 9, stream: 5)
            return Double(word) >= threshold ? 1 / (1 - Double(p)) : 0
          }
          let found = written(count) { fl_dropout($0, x, p, 9, 5, UInt64(first), Int64(count)) }
          expectClose(
            found, (0..<count).map { Double(x[$0]) * kept[$0] }, "dropout \(p) at \(level)")
          let gradient = written(count, from: dx) {
            fl_dropout_grad($0, x, p, 9, 5, UInt64(first), Int64(count))
          }
          expectClose(
            gradient, (0..<count).map { Double(dx[$0]) + Double(x[$0]) * kept[$0] },
            "dropout gradient \(p) at \(level)")
        }
      }
    }
  }

  @Test func uniformAndNormalNumbers() {
    Self.atEveryLevel { level in
      let count = 400_000
      let uniform = written(count) { fl_random_uniform($0, -1, 3, 1, 2, 5, Int64(count)) }
      #expect(uniform.allSatisfy { $0 >= -1 && $0 < 3 }, "at \(level)")
      #expect(abs(uniform.doubles.reduce(0, +) / Double(count) - 1) < 0.01, "at \(level)")
      let normal = written(count) { fl_random_normal($0, 0.5, 2, 1, 2, 0, Int64(count)) }
      let moments = (1...4).map { power in
        normal.reduce(0) { sum, x in
          (0..<power).reduce(1) { y, _ in y * (Double(x) - 0.5) / 2 } + sum
        } / Double(count)
      }
      #expect(abs(moments[0]) < 0.01 && abs(moments[1] - 1) < 0.01, "\(moments) at \(level)")
      #expect(abs(moments[2]) < 0.03 && abs(moments[3] - 3) < 0.1, "\(moments) at \(level)")
      for first in [1, 2, 3, 61, 64] {
        let part = written(99) { fl_random_normal($0, 0.5, 2, 1, 2, UInt64(first), 99) }
        #expect(part == Array(normal[first..<first + 99]), "from \(first) at \(level)")
        let piece = written(99) { fl_random_uniform($0, -1, 3, 1, 2, UInt64(first + 5), 99) }
        #expect(piece == Array(uniform[first..<first + 99]), "from \(first) at \(level)")
      }
    }
  }
}
