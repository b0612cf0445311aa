import Fairline
import FairlineGeneration

/// Marian's shortlists: lexicons in text, and binary files, whose checksums are made right.
struct LexiconTarget: FuzzTarget {
  // Tasks need not be for several threads; it is read by one.
  private nonisolated(unsafe) let task: any GenerationTask

  private static let mark: [UInt8] = [0xF5, 0x17, 0x34, 0x01, 0xD5, 0x48, 0x1A, 0xF1]

  init() throws {
    let catalog = try MarianTarget.catalog()
    try Files.makeFolder("model")
    try Files.write(MarianTarget.vocabulary.utf8, "model/vocab.yml")
    try Files.write(try Fixtures.seeds(of: "marian")[0], "model/model.bin")
    let file = try ModelFile.load("model", importers: catalog.importers)
    guard let task = try file.makeTask(catalog) as? any GenerationTask else {
      throw UserError("the model of the seeds does not generate")
    }
    self.task = task
  }

  func seeds() -> [[UInt8]] {
    // The numbers of frequent and best symbols, of offsets and of symbols, then these.
    let header = [2, 2, 7, 4].flatMap { Self.little($0, bytes: 8) }
    let offsets = [0, 0, 1, 3, 3, 4, 4].flatMap { Self.little($0, bytes: 8) }
    let symbols = [3, 2, 5, 4].flatMap { Self.little($0, bytes: 4) }
    return [
      Self.mark + Self.little(0, bytes: 8) + header + offsets + symbols,
      Array("a a 0.5\nb a 0.25\nNULL b 0.1\nd c 1e-05\nother b 1\n".utf8),
    ]
  }

  var tokens: [String] { Hostile.numbers + ["NULL", "a a 0.5", "</s>", "<unk>"] }

  func read(_ bytes: [UInt8]) throws {
    try Files.write(Self.withChecksum(bytes), "lexicon")
    let shortlist = try Shortlist(contentsOf: "lexicon", for: task)
    let targets = task.text.target.count
    for source: [Int32] in [[], [2], [4, 5, 2], [-1, 7, .max, 0, 1]] {
      let found = shortlist.candidates(for: source[...])
      precondition(found == Set(found).sorted(), "symbols out of order")
      precondition(found.allSatisfy { $0 >= 0 && $0 < targets }, "a symbol beyond the end")
    }
  }

  private static func little(_ number: UInt64, bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }

  private static func withChecksum(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 16, bytes.starts(with: mark) else { return bytes }
    var hash: UInt64 = 0
    for place in 2..<max(bytes.count / 8, 2) {
      let word = (0..<8).reduce(UInt64(0)) {
        $0 | UInt64(bytes[8 * place + $1]) << (8 * UInt64($1))
      }
      hash ^= word &+ 0x9E37_79B9 &+ (hash << 6) &+ (hash >> 2)
    }
    return bytes[..<8] + little(hash, bytes: 8) + bytes[16...]
  }
}
