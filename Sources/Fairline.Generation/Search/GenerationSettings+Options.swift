public import Fairline

extension GenerationSettings {
  /// The flags.
  public static var options: [Option<Self>] { search + lengths + variants + output }

  private static var search: [Option<Self>] {
    [
      Option("beam", \.beam, in: .from(1, to: 1000), "prefixes kept alive for each sentence"),
      Option("nbest", \.nbest, in: .from(1, to: 1000), "outputs printed for each sentence"),
      Option(
        "lenpen", \.lenpen, in: .from(-100, to: 100),
        "power of the length that scores are divided by"),
      Option("unkpen", \.unkpen, in: .from(-1e9, to: 1e9), "cost of an unknown symbol"),
      Option(
        "conventions", \.conventions, "how searches end and score: as in the program named"),
      Option(
        "renormalize", \.renormalize,
        "leave what may not come next out of the sum of probabilities"),
      Option(
        "early-stopping", \.earlyStopping,
        "with --conventions huggingface, end when as many outputs have ended as the beam is wide"),
      Option("unnormalized", \.unnormalized, "do not divide scores by the length"),
      Option("temperature", \.temperature, in: .from(0.001, to: 1000), "divide logits by this"),
      Option(
        "no-repeat-ngram-size", \.noRepeatNgramSize, in: .from(0),
        "never repeat a sequence of this many symbols in one output"),
      Option(
        "prefix-size", \.prefixSize, in: .from(0),
        "begin outputs with this many symbols of the reference"),
    ]
  }

  private static var lengths: [Option<Self>] {
    [
      Option(
        "max-len-a", \.maxLenA, in: .from(0, to: 1000),
        "outputs have at most ax+b symbols for a source of x symbols"),
      Option("max-len-b", \.maxLenB, in: .from(0, to: 1_000_000), "see --max-len-a"),
      Option(
        "max-len-from-batch", \.maxLenFromBatch,
        "let x be the longest source of the batch, as fairseq does"),
      Option("min-len", \.minLen, in: .from(0, to: 1_000_000), "fewest symbols of an output"),
      Option(
        "match-source-len", \.matchSourceLen, "outputs are as long as their source with its end"),
    ]
  }

  private static var variants: [Option<Self>] {
    [
      Option(
        "diverse-beam-groups", \.diverseBeamGroups, in: .from(-1, to: 1000),
        "groups of prefixes that avoid each other's symbols (-1: none)"),
      Option(
        "diverse-beam-strength", \.diverseBeamStrength, in: .from(-1e9, to: 1e9),
        "cost of another group's symbol"),
      Option(
        "diversity-rate", \.diversityRate, in: .from(-1, to: 1e9),
        "cost of each rank among the continuations of one prefix (-1: none)"),
      Option("sampling", \.sampling, "draw symbols instead of searching the best"),
      Option(
        "sampling-topk", \.samplingTopk, in: .from(-1), "draw from this many best symbols (-1: all)"
      ),
      Option(
        "sampling-topp", \.samplingTopp, in: .from(-1, to: 1),
        "draw from the fewest best symbols of this probability (-1: all)"),
      Option(
        "constraints", \.constraints,
        "outputs hold the phrases that follow their line behind tabs", bare: "ordered"),
    ]
  }

  private static var output: [Option<Self>] {
    [
      Option(
        "replace-unk", \.replaceUnk,
        "put source words, or what this file has for them, in place of unknown symbols",
        value: "FILE", bare: ""),
      Option(
        "print-alignment", \.printAlignment, "print the attention over the source", bare: "hard"),
      Option(
        "keep-blank-lines", \.keepBlankLines,
        "answer a blank line with a blank one; without this it is translated as any other"),
      Option(
        "score-reference", \.scoreReference, "score the references instead of searching"),
    ]
  }

  /// Reads settings as fairseq's `--eval-bleu-args` writes them: `{"beam": 4, "max_len_a": 1.2}`.
  ///
  /// - Throws: `UserError` naming what is not understood.
  public init(json text: String, flag: String) throws {
    let draft = Draft("Generation", GenerationSettings())
    guard case .object(let members) = try? JSONValue(parsing: text) else {
      throw UserError("\(flag): '\(text)' is no JSON object such as {\"beam\": 4}")
    }
    let formats = draft.formats
    for (key, value) in members {
      let name = key.flagName
      guard let index = formats.firstIndex(where: { $0.names.contains(name) }) else {
        let known = formats.map { $0.names[0].replacing("-", with: "_") }.joined(separator: ", ")
        throw UserError("\(flag): there is no setting '\(key)' (known: \(known))")
      }
      if value == .null {
        _ = draft.clear(at: index)
      } else {
        try Self.naming(flag) {
          try draft.assign(value.stringValue ?? value.compactText, at: index)
        }
      }
    }
    try Self.naming(flag) { try draft.value.check() }
    self = draft.value
  }

  /// Says which flag the settings of an error stand in.
  private static func naming(_ flag: String, _ body: () throws -> Void) throws {
    do { try body() } catch { throw UserError("\(flag): \(error)") }
  }
}
