public import Fairline

extension GenerationSettings {
  /// The flags.
  public static var options: [Option<Self>] { search + lengths + variants + output }

  private static var search: [Option<Self>] {
    [
      Option(
        "beam", \.beam, in: .from(1, to: 1000), "beam size: hypotheses kept for each sentence"),
      Option("nbest", \.nbest, in: .from(1, to: 1000), "hypotheses printed for each sentence"),
      Option(
        "lenpen", \.lenpen, in: .from(-100, to: 100),
        "length penalty: scores are divided by the length to this power"),
      Option(
        "word-penalty", \.wordPenalty, in: .from(-1000, to: 1000),
        "penalty of each symbol of a hypothesis, its end included"),
      Option(
        "allow-unk", \.allowUnk,
        "with --conventions marian, allow hypotheses to contain the unknown symbol"),
      Option("unkpen", \.unkpen, in: .from(-1e9, to: 1e9), "penalty of an unknown symbol"),
      Option(
        "conventions", \.conventions, "end and score searches as the program named does"),
      Option(
        "renormalize", \.renormalize,
        "divide probabilities by the sum of those of the symbols that are allowed"),
      Option(
        "early-stopping", \.earlyStopping,
        "with --conventions huggingface, end a search when as many hypotheses as the beam size "
          + "have ended"
      ),
      Option("unnormalized", \.unnormalized, "do not divide scores by the length"),
      Option(
        "temperature", \.temperature, in: .from(0.001, to: 1000),
        "temperature that logits are divided by"),
      Option(
        "no-repeat-ngram-size", \.noRepeatNgramSize, in: .from(0),
        "allow no n-gram of this length twice in a hypothesis; 0 for no limit"),
      Option(
        "prefix-size", \.prefixSize, in: .from(0),
        "start hypotheses with this many symbols of the reference"),
    ]
  }

  private static var lengths: [Option<Self>] {
    [
      Option(
        "max-len-a", \.maxLenA, in: .from(0, to: 1000),
        "hypotheses have at most ax+b symbols for a source of x symbols"),
      Option("max-len-b", \.maxLenB, in: .from(0, to: 1_000_000), "see --max-len-a"),
      Option(
        "max-len-from-batch", \.maxLenFromBatch,
        "let x be the length of the longest source of the batch, as fairseq does"),
      Option("min-len", \.minLen, in: .from(0, to: 1_000_000), "minimum length of a hypothesis"),
      Option(
        "match-source-len", \.matchSourceLen,
        "make hypotheses as long as their source, end included"),
    ]
  }

  private static var variants: [Option<Self>] {
    [
      Option(
        "diverse-beam-groups", \.diverseBeamGroups, in: .from(-1, to: 1000),
        "groups of diverse beam search; -1 for ordinary beam search"),
      Option(
        "diverse-beam-strength", \.diverseBeamStrength, in: .from(-1e9, to: 1e9),
        "penalty of a symbol that another group has chosen"),
      Option(
        "diversity-rate", \.diversityRate, in: .from(-1, to: 1e9),
        "penalty per rank among the continuations of one hypothesis; -1 for none"),
      Option("sampling", \.sampling, "sample symbols instead of searching for the best"),
      Option(
        "sampling-topk", \.samplingTopk, in: .from(-1),
        "sample from this many most likely symbols; -1 for all"
      ),
      Option(
        "sampling-topp", \.samplingTopp, in: .from(-1, to: 1),
        "sample from the fewest symbols whose probabilities add up to this; -1 for all"),
      Option(
        "constraints", \.constraints,
        "make hypotheses contain the phrases that follow each line, separated by tabs",
        bare: "ordered"),
    ]
  }

  private static var output: [Option<Self>] {
    [
      Option(
        "replace-unk", \.replaceUnk,
        "replace unknown symbols by the aligned source word, or by its translation in this file",
        value: "FILE", bare: ""),
      Option(
        "print-alignment", \.printAlignment, "print alignments from the attention over the source",
        bare: "hard"),
      Option(
        "keep-blank-lines", \.keepBlankLines,
        "answer a blank line with a blank line instead of translating it"),
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
