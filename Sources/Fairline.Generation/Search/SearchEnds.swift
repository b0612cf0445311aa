import FairlineData
import Foundation

/// How the outputs of a sentence end.
struct SearchEnds {
  /// A sentence is finished when so many outputs have ended.
  let most: Int
  /// At most so many outputs count; more may end in the same step.
  let kept: Int
  /// A sentence is finished when its best prefix has ended and there are so many outputs; nil where
  /// that does not matter.
  let enough: Int?
  /// Whether outputs stand as they are at the length limit.
  let cutsAtLimit: Bool
  /// Whether a prefix that has ended leaves the beam with its place.
  let shrinks: Bool
  /// Whether an end that is forced costs nothing.
  let endIsFree: Bool
  /// Whether symbols that outputs must begin with cost nothing.
  let prefixIsFree: Bool
  /// What is never allowed, ascending.
  let excluded: [Int32]
}

extension SentenceSearch {
  /// How this sentence's outputs end.
  func ends(_ settings: GenerationSettings) -> SearchEnds {
    SearchEnds(
      most: settings.keepsBest(beam: beam) ? .max : beam,
      kept: settings.conventions == .fairseq ? beam : .max,
      enough: settings.conventions == .ctranslate2 && settings.lenpen == 0 ? settings.nbest : nil,
      cutsAtLimit: [.ctranslate2, .marian].contains(settings.conventions),
      shrinks: settings.conventions == .marian,
      endIsFree: settings.matchSourceLen || settings.conventions == .huggingface,
      prefixIsFree: settings.conventions == .huggingface,
      excluded: settings.excludesUnknown ? [Vocabulary.pad, Vocabulary.unk] : [Vocabulary.pad])
  }

  /// Keeps the best outputs that have ended, as many as the beam is wide, and finishes the sentence
  /// when no prefix can become better than the worst of them (Hugging Face's rules).
  ///
  /// A prefix is judged as if it ended with the symbols it has.
  func keepBest(_ settings: GenerationSettings) {
    // The standard library's sort is stable: of equal scores the first found stays.
    found = Array(found.sorted { $0.score > $1.score }.prefix(beam))
    guard found.count == beam, let worst = found.last, let best = rows.first else { return }
    let possible = settings.normalized(best.score, length: step)
    if settings.earlyStopping || possible <= worst.score { finish() }
  }
}
