import FairlineFoundation

extension Preprocessor {
  /// Binarises the alignment files that exist: flat source and target positions of each pair.
  func binarizeAlignments(_ journal: Journal) throws {
    guard let suffix = settings.alignSuffix, !settings.onlySource else { return }
    for split in paths.splits {
      let path = "\(split.prefix).\(suffix)"
      guard Paths.exists(path) else { continue }
      let writer = try IndexedDatasetWriter(
        prefix: paths.output("\(split.name).align", nil),
        elementType: ElementType(vocabularySize: nil))
      let sides = try lengths(of: split.name)
      var number = 0
      try TextFile(paths.readable(path)).forEachLine { line in
        number += 1
        let pairs = try AlignmentLine.parse(line, at: "\(path):\(number)", sides, number - 1)
        try writer.append(pairs.flatMap { [$0.source, $0.target] })
      }
      try Self.check(number, path, sides)
      try writer.finish()
      journal.log("[alignments] \(path): parsed \(number) alignments")
    }
  }

  /// The lengths of a split's sentences, ends included, as they were binarised; nil for raw text.
  private func lengths(of split: String) throws -> AlignmentLine.Sides? {
    guard settings.datasetImpl != .raw else { return nil }
    let sides = try paths.languages.map { try IndexedDataset(prefix: paths.output(split, $0)) }
    return (sides[0].count, { (sides[0].length(of: $0), sides[1].length(of: $0)) })
  }

  private static func check(_ number: Int, _ path: String, _ sides: AlignmentLine.Sides?) throws {
    guard let sides, number < sides.count else { return }
    throw UserError(
      "'\(path)' has \(number) alignments for \(sides.count) sentences: give one line for each")
  }

  /// Writes, for each source word, the target word it is aligned to most often.
  ///
  /// Unknown words take no part. Words come in the order in which they were first aligned; of
  /// equally frequent translations the one seen first wins.
  func writeReplacements(
    _ alignments: String, _ dictionaries: [Vocabulary], _ texts: SegmentedTexts
  ) throws {
    let prefixes = paths.splits.filter { $0.name.hasPrefix("train") }.map(\.prefix)
    guard prefixes.count == 1, let prefix = prefixes.first, dictionaries.count == 2 else {
      throw UserError("--alignfile needs one text in --trainpref, and two languages")
    }
    let sides = try zip(paths.languages, dictionaries).map { language, dictionary in
      let path = try texts.path(of: paths.input(prefix, language), language)
      return try RawTextDataset(path: path, vocabulary: dictionary)
    }
    var table = ReplacementTable()
    let lengths: AlignmentLine.Sides = (
      sides[0].count, { (sides[0][$0].count, sides[1][$0].count) }
    )
    var number = 0
    try TextFile(alignments).forEachLine { line in
      let place = "\(alignments):\(number + 1)"
      let pairs = try AlignmentLine.parse(line, at: place, lengths, number)
      for pair in pairs {
        table.count(sides[0][number][Int(pair.source)], sides[1][number][Int(pair.target)])
      }
      number += 1
    }
    try Self.check(number, alignments, lengths)
    let file = try FileWriter(paths.replacements)
    for (source, target) in table.mostFrequent {
      let line = "\(dictionaries[0].symbol(source)) \(dictionaries[1].symbol(target))\n"
      try file.write(Array(line.utf8))
    }
    try file.finish()
  }
}

/// A line of word alignments such as `0-0 1-2`.
private enum AlignmentLine {
  /// The number of sentences, and the lengths of each one's two sides.
  typealias Sides = (count: Int, lengths: (Int) -> (source: Int, target: Int))

  /// Reads the pairs of a sentence, none of which points behind its ends.
  static func parse(
    _ line: String, at place: String, _ sides: Sides?, _ number: Int
  ) throws -> [(source: Int32, target: Int32)] {
    let pairs = try parse(line, at: place)
    guard let sides else { return pairs }
    guard number < sides.count else {
      throw UserError("\(place): there are more alignments than the \(sides.count) sentences")
    }
    let lengths = sides.lengths(number)
    for pair in pairs where pair.source >= lengths.source || pair.target >= lengths.target {
      throw UserError(
        "\(place): the alignment \(pair.source)-\(pair.target) points behind its sentence")
    }
    return pairs
  }

  private static func parse(
    _ line: String, at place: String
  ) throws -> [(source: Int32, target: Int32)] {
    try line.split(whereSeparator: \.isWhitespace).map { pair in
      let parts = pair.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, let source = Int32(parts[0]), let target = Int32(parts[1]),
        source >= 0, target >= 0
      else {
        throw UserError("\(place): expected pairs such as '0-1', found '\(pair)'")
      }
      return (source, target)
    }
  }
}

/// How often words are aligned, in the order of their first appearance.
private struct ReplacementTable {
  private typealias Count = (place: Int, times: Int)
  private var sources: [Int32] = []
  /// How often each target word was seen, and which place it had among those of its source word.
  private var targets: [Int32: [Int32: Count]] = [:]

  mutating func count(_ source: Int32, _ target: Int32) {
    let specials = [Vocabulary.unk, Vocabulary.eos, Vocabulary.pad]
    if specials.contains(source) || specials.contains(target) { return }
    if targets[source] == nil { sources.append(source) }
    let place = targets[source]?.count ?? 0
    targets[source, default: [:]][target, default: (place, 0)].times += 1
  }

  var mostFrequent: [(source: Int32, target: Int32)] {
    sources.compactMap { source in
      targets[source]?.max { ($0.value.times, -$0.value.place) < ($1.value.times, -$1.value.place) }
        .map { (source, $0.key) }
    }
  }
}
