import Fairline

/// How pieces of SentencePiece are sampled.
package struct PieceSampling: Sendable {
  /// For unigram models, the weight of a piece's logarithmic probability; for byte pairs, the
  /// probability that a pair is not joined.
  package var alpha: Double
  /// For unigram models, how many of the best divisions are drawn from; -1 for all.
  package var best: Int

  /// Puts both together.
  package init(alpha: Double, best: Int) { (self.alpha, self.best) = (alpha, best) }
}

extension WordSampler {
  private static let flag = "--sentencepiece-enable-sampling"

  /// Samples pieces of a model that the dictionary has too.
  ///
  /// - Throws: `UserError` where pieces of the model cannot be sampled.
  package init(
    pieces model: SentencePieceModel, _ sampling: PieceSampling, _ vocabulary: Vocabulary
  ) throws {
    let traits = ModelTraits(serialized: model.serialized)
    var (trie, staysInWords) = (PieceTrie(), true)
    var parts = [Part?](repeating: nil, count: vocabulary.count)
    let space = Array("\u{2581}".utf8)
    traits.forEachOrdinaryPiece { text, score in
      let text = Array(text)
      let id = vocabulary.ordinaryID(of: text)
      trie.add(text, id: id ?? -1, score: score)
      guard let id else { return }
      parts[Int(id)] = Part(text: text, beginsWord: text.starts(with: space))
      staysInWords = staysInWords && ModelTraits.staysInWord(text[...])
    }
    guard parts.contains(where: { $0 != nil }) else {
      throw UserError(
        "\(Self.flag): the dictionary has no piece of the SentencePiece model: preprocess with "
          + "--bpe sentencepiece, or leave it out")
    }
    // The best divisions of a sentence are not those of its words.
    if !staysInWords || sampling.best > 1 {
      for place in parts.indices { parts[place]?.beginsWord = false }
    }
    let pieces = trie
    switch traits.kind {
    case 1:
      self.init(parts, needsEnd: false) { text, random in
        let lattice = PieceLattice(text, pieces)
        if sampling.best < 0 { return lattice.sample(sampling.alpha, &random) }
        return lattice.sample(sampling.alpha, amongBest: max(sampling.best, 1), &random)
      }
    case 2:
      guard sampling.alpha <= 1, sampling.best < 0 else {
        throw UserError(
          "the SentencePiece model is one of byte pairs: --sentencepiece-alpha is a probability "
            + "there, at most 1, and --sentencepiece-nbest is left out")
      }
      self.init(parts, needsEnd: false) { text, random in
        PieceJoining(text, pieces).pieces { random.uniform() < sampling.alpha }
      }
    default:
      throw UserError(
        "\(Self.flag): the SentencePiece model has words or characters, which have one division "
          + "only: leave it out")
    }
  }
}
