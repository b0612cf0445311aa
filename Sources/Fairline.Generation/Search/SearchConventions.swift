public import Fairline

/// How a search ends and scores: the points in which programs differ that search with the same
/// beam.
public enum SearchConventions: String, CaseIterable, Codable, Sendable, OptionValue {
  /// fairseq's: a sentence is finished when as many outputs have ended as the beam is wide; at the
  /// length limit an end is forced, and its probability counts.
  case fairseq
  /// Those of Hugging Face's `generate` (4.57): the best outputs are kept, as many as the beam is
  /// wide, and a sentence is finished when no prefix can become better than the worst of them; at
  /// the length limit an end is forced that costs nothing.
  case huggingface
  /// CTranslate2's: what may not come next has no part in the probabilities; at the length limit
  /// outputs stand as they are, and their end counts neither as a probability nor as a symbol.
  case ctranslate2
  /// Marian's: a prefix that ends takes its place in the beam with it, and a sentence is finished
  /// when all have ended; at the length limit outputs stand as they are; the unknown symbol is not
  /// allowed, unless that is asked for.
  case marian
}

extension GenerationSettings {
  /// Whether what may not come next has no part in the probabilities of the rest.
  var renormalizes: Bool { renormalize || conventions == .ctranslate2 }

  /// Whether the unknown symbol may not be chosen.
  var excludesUnknown: Bool { conventions == .marian && !allowUnk }

  /// The most symbols of an output before its end, of `length` symbols that are given.
  ///
  /// Marian counts the end, and the last of so many symbols is the one with which the limit is
  /// reached.
  func longest(given length: Int) -> Double {
    let product = maxLenA * Double(length) + Double(maxLenB)
    return conventions == .marian ? max(product.rounded(.up) - 1, 0) : product
  }

  /// Whether a search keeps the best outputs that have ended and goes on while a prefix may become
  /// better; with a single prefix, it ends at the first end.
  func keepsBest(beam: Int) -> Bool { conventions == .huggingface && beam > 1 }
}
