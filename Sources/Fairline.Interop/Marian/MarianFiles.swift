import Fairline

/// The files of a native model of Marian: one with tensors, and what lies beside it.
struct MarianFiles {
  /// The file with the tensors.
  let model: String
  /// The settings of the model, from the file itself.
  let settings: ForeignSettings
  /// The settings of translation: `decoder.yml` or `config.yml`; empty where there is none.
  let decoder: ForeignSettings
  let tensors: MarianTensors
  private let candidate: ImportCandidate
  private let names: [String]

  private static let suffixes = [".npz", ".bin"]
  private static let decoderNames = ["decoder.yml", "config.yml"]

  /// Opens the file, or the one in a folder.
  ///
  /// - Throws: `UserError` naming the file that is missing or damaged.
  init(_ candidate: ImportCandidate) throws {
    self.candidate = candidate
    guard let model = Self.model(of: candidate) else {
      throw UserError("\(candidate.path) holds no model of Marian")
    }
    self.model = model
    names = try Paths.names(in: candidate.folder)
    tensors = try MarianTensors(path: model)
    let inside = "'\(MarianTensors.settingsName)' in \(model)"
    settings = ForeignSettings(
      try YAMLText(path: inside).settings(tensors.settings()), path: inside)
    let (own, folder) = (Paths.name(model), candidate.folder)
    let usual = [own + ".decoder.yml"] + Self.decoderNames
    let name = usual.first(where: names.contains) ?? Self.only(names, suffix: ".decoder.yml")
    let path = name.map { Paths.join(folder, $0) } ?? folder
    decoder = ForeignSettings(
      try name.flatMap { try candidate.contents(of: $0) }.map {
        try YAMLText(path: path).settings($0)
      } ?? JSONObject(), path: path)
  }

  /// The file with the model's tensors; nil when there is none, or when several might be meant.
  static func model(of candidate: ImportCandidate) -> String? {
    func isModel(_ path: String) -> Bool {
      MarianTensors.begins(candidate.beginning(of: path, 16)) && MarianTensors.isModel(path)
    }
    guard candidate.isFolder else {
      // What is damaged is reported when it is opened.
      return candidate.path.hasSuffix(suffixes[0]) || isModel(candidate.path)
        ? candidate.path : nil
    }
    let names = (try? Paths.names(in: candidate.path)) ?? []
    if let bytes = try? candidate.contents(of: decoderNames[0]),
      let settings = try? YAMLText(path: "").settings(bytes),
      let named = settings["models"]?.arrayValue?.first?.stringValue.map(Paths.name),
      let path = candidate.file(named), isModel(path)
    {
      return path
    }
    let found = names.filter { name in suffixes.contains { name.hasSuffix($0) } }
      .compactMap(candidate.file).filter(isModel)
    return found.count == 1 ? found[0] : nil
  }

  /// The one name with an ending; nil when there is none, or more than one.
  private static func only(_ names: [String], suffix: String) -> String? {
    let found = names.filter { $0.hasSuffix(suffix) }
    return found.count == 1 ? found[0] : nil
  }

  /// The bytes of a file beside the model; nil when there is none of this name.
  func contents(of name: String) throws -> [UInt8]? { try candidate.contents(of: name) }

  /// The names of both sides' vocabularies among the files.
  ///
  /// - Throws: `UserError` when they cannot be told.
  func vocabularyNames() throws -> (source: String, target: String) {
    for settings in [decoder, settings] {
      // Paths are those of the computer that trained the model; what counts is the name.
      let named = settings.json("vocabs")?.arrayValue?.compactMap(\.stringValue).map(Paths.name)
      if let named, named.count == 2, named.allSatisfy(names.contains) {
        return (named[0], named[1])
      }
    }
    for ending in [".vocab.yml", ".vocab.json", ".vocab.spm", "vocab.yml", "vocab.json"] {
      let both = ["src", "trg"].map { Self.only(names, suffix: $0 + ending) }
      if let source = both[0], let target = both[1] { return (source, target) }
      if let joint = Self.only(names, suffix: ending) { return (joint, joint) }
    }
    func pieces(_ beginning: String) -> String? {
      Self.only(names.filter { $0.hasPrefix(beginning) }, suffix: ".spm")
    }
    if let source = pieces("srcvocab"), let target = pieces("trgvocab") { return (source, target) }
    if let joint = pieces("vocab") { return (joint, joint) }
    throw UserError(
      "\(candidate.folder) has no vocabulary for \(Paths.name(model)): put decoder.yml with "
        + "'vocabs:', and the files that it names, beside the model")
  }
}
