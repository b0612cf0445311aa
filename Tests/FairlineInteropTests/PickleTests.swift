import Fairline
import FairlineTesting
import Testing

import FairlineInterop

@Suite struct PickleTests {
  private func read(_ bytes: [UInt8]) throws -> PickleNode {
    try bytes.withUnsafeBytes { raw in
      var reader = PickleReader(raw)
      let value = try reader.read()
      return PickleNode(heap: reader.heap, value: value)
    }
  }

  private func read(_ text: String) throws -> PickleNode { try read(Array(text.utf8)) }

  @Test func plainValuesAreRead() throws {
    // {'a': [1, 300, -2, True, None, 2.5, ('x', 'y')]} in protocol 2.
    let bytes: [UInt8] =
      [0x80, 2] + Array("}X".utf8) + [1, 0, 0, 0] + Array("a](K".utf8) + [1]
      + Array("M".utf8) + [0x2C, 1] + Array("J".utf8) + [0xFE, 0xFF, 0xFF, 0xFF] + [0x88]
      + Array("NG".utf8) + [0x40, 4, 0, 0, 0, 0, 0, 0] + Array("U".utf8) + [1]
      + Array("xU".utf8) + [1] + Array("y".utf8) + [0x86] + Array("es.".utf8)
    #expect(try read(bytes).json == ["a": [1, 300, -2, true, nil, 2.5, ["x", "y"]]])
  }

  @Test func longNumbersAreRead() throws {
    #expect(try read([0x80, 2, 0x8A, 2, 0xFF, 0x7F, 0x2E]).integer == 32767)
    #expect(try read([0x80, 2, 0x8A, 1, 0xFF, 0x2E]).integer == -1)
    #expect(try read([0x80, 2, 0x8A, 0, 0x2E]).integer == 0)
    let large: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    #expect(try read([0x80, 2, 0x8A, 10] + large + [0x2E]).value == .large(large))
  }

  @Test(arguments: [
    ("cos\nsystem\n(S", "os.system"), ("cbuiltins\neval\n.", "builtins.eval"),
    ("cbuiltins\ngetattr\n.", "builtins.getattr"),
    ("ctorch.storage\n_load_from_bytes\n.", "torch.storage._load_from_bytes"),
    ("cfairseq.tasks\nTask\n.", "fairseq.tasks.Task"),
    ("cargparse\nNamespace.__init__\n.", "argparse.Namespace.__init__"),
  ])
  func otherNamesAreRefused(_ text: String, _ name: String) {
    #expect(refusal { _ = try read(text) }.contains("'\(name)'"))
  }

  @Test func namesOfProtocol4AreRefusedToo() {
    let bytes: [UInt8] =
      [0x80, 4, 0x8C, 2] + Array("os".utf8) + [0x8C, 6] + Array("system".utf8) + [0x93, 0x2E]
    #expect(refusal { _ = try read(bytes) }.contains("'os.system'"))
  }

  @Test(arguments: [
    (".", "middle"), ("", "too early"), ("N", "too early"), ("NN.", "middle"),
    ("(.", "middle"), ("h\u{1}.", "never had"), ("NR.", "no tuple"), ("N)R.", "has no name"),
    ("i", "INST"), ("Na.", "no list"), ("a.", "not there"), ("NNa.", "no list"),
    ("}NNNu.", "no mark"),
    ("}(Nu.", "no value"), ("X\u{7F}\u{7F}\u{7F}\u{7F}a.", "more bytes"), ("e.", "no mark"),
    ("cargparse\nNamespace\n(tR", "too early"), ("]NQ.", "no tuple"), ("(tQ.", "something else"),
  ])
  func brokenPicklesAreRefused(_ text: String, _ reason: String) {
    let sentence = refusal { _ = try read(text) }
    #expect(sentence.contains(reason) && sentence.contains("at byte"), "\(text): \(sentence)")
  }

  @Test func listsInThemselvesAndDeepOnesAreRefused() {
    #expect(refusal { _ = try read("]q\u{1}h\u{1}a.") }.contains("in itself"))
    let depth = 300
    let inside = String(repeating: "]", count: depth) + String(repeating: "a", count: depth - 1)
    #expect(refusal { _ = try read(inside + ".") }.contains("lie in each other"))
    // The same from outside to inside: every list is filled after it was put away.
    let outside =
      "]q\u{0}q\u{1}" + String(repeating: "h\u{1}]q\u{1}a0", count: depth) + "."
    #expect(refusal { _ = try read(outside) }.contains("lie in each other"))
  }

  @Test func sharedListsDoNotMultiply() throws {
    // Each list holds the one before twenty times: 20^14 values when written out.
    var text = "]q\u{1}0"
    for _ in 0..<14 {
      text += "](" + String(repeating: "h\u{1}", count: 20) + "eq\u{1}0"
    }
    #expect(try read(text + "h\u{1}.").json != .null)
  }

  @Test func damagedPicklesDoNotStopTheProcess() throws {
    let text =
      "}(X\u{1}\u{0}\u{0}\u{0}acargparse\nNamespace\n)\u{1}X\u{1}\u{0}\u{0}\u{0}b]q\u{1}(K\u{5}"
      + "K\u{7}h\u{1}0eG@\u{4}......u."
    var mutations = Mutations(seed: 22)
    let bytes = Array(text.utf8)
    for _ in 0..<5000 { _ = refusal { _ = try read(mutations.next(of: bytes)).json } }
  }

  /// A text, and its number in the memo.
  private func text(_ count: Int, memo: UInt8) -> [UInt8] {
    let length = (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    return Array("X".utf8) + length + [UInt8](repeating: 0x61, count: count) + [0x71, memo]
  }

  private func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    Array(repeatElement(bytes, count: count).joined())
  }

  @Test func shortFilesDoNotFillTheMemory() {
    // Bytes made of one text again and again.
    let encode = Array("c_codecs\nencode\nq".utf8) + [1, 0x30]
    let calls = repeated([0x68, 1, 0x68, 0, 0x85, 0x52], 9)
    let bytes = encode + text(1 << 20, memo: 0) + calls + [0x2E]
    #expect(refusal { _ = try read([0x80, 2] + bytes) }.contains("too many values"))
    // Records of a list that grows between them.
    let name = Array("cargparse\nNamespace\nq".utf8) + [1, 0x30]
    let list = [0x5D, 0x71, 0, 0x28] + [UInt8](repeating: 0x4E, count: 100_000) + [0x65]
    let records = repeated([0x68, 1, 0x68, 0, 0x52, 0x68, 0, 0x4E, 0x61, 0x30], 100)
    let grown = name + list + records + [0x2E]
    #expect(refusal { _ = try read([0x80, 2] + grown) }.contains("too many values"))
  }

  @Test func namesAreShort() {
    // Names of classes and of numbers that the memo repeats.
    let module = Array("X".utf8) + [17, 0, 0, 0] + Array("fairseq.dataclass".utf8)
    let long = [0x80, 4] + module + text(1 << 16, memo: 0) + [0x93, 0x2E]
    #expect(refusal { _ = try read(long) }.contains("too long"))
    let storage = "(X\u{7}\0\0\0storagectorch\nFloatStorage\n"
    let digits = Array("X".utf8) + [0, 0, 1, 0] + [UInt8](repeating: 0x30, count: 1 << 16)
    let numbers =
      [0x80, 2] + Array(storage.utf8) + digits + Array("X\u{3}\0\0\0cpuK\u{1}tQ.".utf8)
    #expect(refusal { _ = try read(numbers) }.contains("which is no number"))
  }

  @Test func whatIsSharedIsLookedAtOnce() throws {
    let count = 100_000
    let items = [0x7D, 0x71, 0, 0x28] + [UInt8](repeating: 0x4E, count: 2 * count) + [0x75]
    let list = [0x5D, 0x28] + repeated([0x68, 0], count) + [0x65]
    let seconds = try processorSeconds {
      let root = try read([0x80, 2] + items + list + [0x86, 0x2E])
      #expect(root.elements?.last?.elements?.count == count)
    }
    // Looking through the dictionary for each of its places takes minutes.
    #expect(seconds < 20)
  }
}
