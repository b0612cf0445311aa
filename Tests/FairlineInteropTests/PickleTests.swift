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
}
