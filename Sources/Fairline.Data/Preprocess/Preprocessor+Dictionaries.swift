import FairlineFoundation

extension Preprocessor {
  /// The dictionaries of the languages, in their order; a joined one comes twice.
  func makeDictionaries(_ texts: SegmentedTexts, _ journal: Journal) throws -> [Vocabulary] {
    if let model {
      return zip(paths.languages, [model.source, model.target]).map { $1.vocabulary }
    }
    guard settings.joinedDictionary else {
      var dictionaries = [
        try dictionary(
          reusing: settings.srcdict, [settings.sourceLang], settings.thresholdsrc,
          settings.nwordssrc, texts)
      ]
      if !settings.onlySource {
        dictionaries.append(
          try dictionary(
            reusing: settings.tgtdict, [settings.targetLang], settings.thresholdtgt,
            settings.nwordstgt, texts))
      }
      return dictionaries
    }
    if settings.thresholdtgt != 0 || settings.nwordstgt >= 0 {
      journal.log(
        "warning: --joined-dictionary uses --thresholdsrc and --nwordssrc for both sides; "
          + "--thresholdtgt and --nwordstgt have no effect")
    }
    let joined = try dictionary(
      reusing: settings.srcdict ?? settings.tgtdict, paths.languages, settings.thresholdsrc,
      settings.nwordssrc, texts)
    return paths.languages.map { _ in joined }
  }

  private func dictionary(
    reusing path: String?, _ languages: [String?], _ threshold: Int, _ wordLimit: Int,
    _ texts: SegmentedTexts
  ) throws -> Vocabulary {
    if let path { return try Vocabulary(contentsOf: path) }
    var vocabulary = Vocabulary()
    for language in languages {
      for text in try paths.trainingTexts(language) {
        try vocabulary.countWords(of: texts.path(of: text, language), workers: workers)
      }
    }
    vocabulary.finalize(
      threshold: threshold, wordLimit: wordLimit, paddingFactor: settings.paddingFactor)
    return vocabulary
  }
}
