import Foundation

/// The first sentences of the user's test set, for trials that take them one by one.
struct FirstSentences {
  static let count = 250
  /// Divided source text, a sentence a line.
  let pieces: String
  /// A data folder with these sentences as its test set.
  let data: String

  /// Makes both, unless they are there.
  ///
  /// - Throws: ``CompareError`` when the test set cannot be read or preprocessed.
  init(_ shop: Workshop) throws {
    let (whole, pair) = (try shop.data, shop.settings.languages)
    let languages = [pair.source, pair.target]
    let origins = languages.map { "\(whole)/test.\(pair.source)-\(pair.target).\($0).bin" }
    let prefix = try languages.map { language in
      try shop.made("first.\(language)", from: origins) { path in
        let text = try PreprocessedText(
          folder: whole, subset: "test", pair: pair, language: language)
        try text.write(first: Self.count, to: path)
      }
    }[0].dropLast(pair.source.count + 1)
    pieces = "\(prefix).\(pair.source)"
    data = try shop.made("first", from: origins) { path in
      try shop.run(
        shop.fairline(
          "fairline-preprocess",
          [
            "--source-lang", pair.source, "--target-lang", pair.target, "--testpref",
            String(prefix), "--srcdict", "\(whole)/dict.\(pair.source).txt", "--joined-dictionary",
            "--destdir", path + ".part",
          ]))
      try FileManager.default.moveItem(atPath: path + ".part", toPath: path)
    }
  }
}
