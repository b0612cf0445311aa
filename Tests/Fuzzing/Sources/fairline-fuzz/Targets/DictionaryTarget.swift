import Fairline
import FairlineData

/// Dictionary files: what is read is written and read again.
struct DictionaryTarget: FuzzTarget {
  func seeds() -> [[UInt8]] {
    ["a 3\nb 2\nß 1\n", "a 1\na 2 #fairseq:overwrite\n", "\u{FEFF}a 1\r\nmadeupword0000 0\n"].map {
      Array($0.utf8)
    }
  }

  var tokens: [String] {
    Hostile.numbers + ["#fairseq:overwrite", "<pad> 1\n", "</s> 1\n", "<unk> 1 ", "\u{FEFF}"]
  }

  func read(_ bytes: [UInt8]) throws {
    try Files.write(bytes, "dict.txt")
    let vocabulary = try Vocabulary(contentsOf: "dict.txt")
    let ids = vocabulary.encode("a b ß <pad> c")
    precondition(ids.allSatisfy { $0 >= 0 && $0 < vocabulary.count }, "an id beyond the end")
    _ = vocabulary.decode(ids)
    let copy = try Vocabulary(serialized: vocabulary.serialized, name: "copy")
    precondition(copy.fingerprint == vocabulary.fingerprint, "read back as another dictionary")
  }
}
