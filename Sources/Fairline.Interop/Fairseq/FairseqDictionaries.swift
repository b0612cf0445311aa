import Fairline

/// The dictionaries and piece models that lie in the folder of a checkpoint.
struct FairseqDictionaries {
  /// What a task reads.
  let assets: [String: [UInt8]]
  /// What the user should know.
  let notes: [String]
  /// Whether both sides have the same dictionary; nil when none is known.
  let areEqual: Bool?

  private static let pieceModels = [
    "sentencepiece.bpe.model", "sentencepiece.model", "spm.model",
  ]

  /// Looks into the folder; nothing else is read, wherever the file says its data were.
  init(_ candidate: ImportCandidate, _ settings: FairseqArguments) throws {
    var assets: [String: [UInt8]] = [:]
    let joint = try candidate.contents(of: "dict.txt")
    if settings.task == "language_modeling" {
      assets["dict"] = joint
    } else {
      func dictionary(_ side: String, _ usual: String) throws -> [UInt8]? {
        let language = settings.language(side) ?? usual
        guard !language.contains("/") else { return joint }
        return try candidate.contents(of: "dict.\(language).txt") ?? joint
      }
      assets["dict.src"] = try dictionary("source", "src")
      assets["dict.tgt"] = try dictionary("target", "tgt")
    }
    var notes: [String] = []
    if assets.isEmpty {
      notes.append("no dictionaries lie beside the file: give their folder with --data")
    }
    if let name = Self.pieceModels.first(where: { candidate.file($0) != nil }) {
      assets["spm.model"] = try candidate.contents(of: name)
    }
    areEqual = assets["dict.src"].map { $0 == assets["dict.tgt"] }
    (self.assets, self.notes) = (assets, notes)
  }
}
