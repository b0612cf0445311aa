import Fairline
import FairlineData
import FairlineGeneration

/// What stands around sentences besides their own symbols: what the decoder reads first, and the
/// symbols of languages in models that know many.
struct PairForm: Sendable, Equatable {
  /// What the decoder reads first.
  var start = Vocabulary.eos
  /// What sources begin with.
  var source: [Int32] = []
  /// What outputs begin with.
  var target: [Int32] = []
  /// Whether sources end with the end symbol.
  var endsSource = true

  /// Whether sentences stand for themselves.
  var isPlain: Bool { self == PairForm() }

  /// A source of this form; an empty one keeps its end.
  func formed(_ symbols: [Int32]) -> [Int32] {
    source + (endsSource || symbols.count < 2 ? symbols : symbols.dropLast())
  }

  /// An input of this form.
  func applied(to input: GenerationInput) -> GenerationInput {
    var input = input
    input.start = start
    input.source = formed(input.source)
    input.prefix = target + input.prefix
    return input
  }
}

/// Inputs of a data set in a form.
struct FormedInputs: GenerationInputs {
  let inputs: LanguagePairDataset
  let form: PairForm

  var count: Int { inputs.count }

  subscript(place: Int) -> GenerationInput { form.applied(to: inputs[place]) }

  func text(at place: Int) -> (source: String, reference: String?)? { inputs.text(at: place) }

  func lengths(at place: Int) -> (source: Int, target: Int?) {
    let (source, target) = inputs.lengths(at: place)
    return (source + form.source.count, target)
  }
}

extension TranslationSettings {
  /// What stands around sentences; nil when the languages are not known yet.
  ///
  /// - Throws: `UserError` when a symbol is not in its dictionary.
  func form(source: Vocabulary, target: Vocabulary) throws -> PairForm? {
    var form = PairForm()
    form.endsSource = sourceEnd
    if let decoderStart {
      form.start = try symbol(decoderStart, in: target, "--decoder-start '\(decoderStart)'")
    }
    guard let languageTokens else { return form }
    guard languageTokens.contains("{}") else {
      throw UserError(
        "--language-tokens '\(languageTokens)' has no place for a language: write '{}' there")
    }
    guard let from = sourceLang, let to = targetLang else { return nil }
    func token(_ language: String, _ vocabulary: Vocabulary, _ flag: String) throws -> Int32 {
      let token = languageTokens.replacing("{}", with: language)
      return try symbol(token, in: vocabulary, "\(flag) \(language): its symbol '\(token)'")
    }
    form.source = [try token(from, source, "--source-lang")]
    form.target = [try token(to, target, "--target-lang")]
    return form
  }

  private func symbol(_ text: String, in vocabulary: Vocabulary, _ what: String) throws -> Int32 {
    guard vocabulary.contains(text) else {
      throw UserError("\(what) is not in the dictionary: give one that the model knows")
    }
    return vocabulary.id(of: text)
  }
}
