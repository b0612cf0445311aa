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
      var number = 0
      try TextFile(paths.readable(path)).forEachLine { line in
        number += 1
        let pairs = try AlignmentLine.parse(line, at: "\(path):\(number)")
        try writer.append(pairs.flatMap { [$0.source, $0.target] })
      }
      try writer.finish()
      journal.log("[alignments] \(path): parsed \(number) alignments")
    }
  }

  /// Writes, for each source word, the target word it is aligned to most often.
  ///
  /// Unknown words take no part. Words come in the order in which they were first aligned; of
  /// equally frequent translations the one seen first wins.
  func writeReplacements(
    _ alignments: String, _ dictionaries: [Vocabulary], _ texts: SegmentedTexts
  ) throws {
    guard let prefix = settings.trainpref, dictionaries.count == 2 else {
      throw UserError("--alignfile needs --trainpref and two languages")
    }
    let sides = try zip(paths.languages, dictionaries).map { language, dictionary in
      let path = try texts.path(of: paths.input(prefix, language), language)
      return try RawTextDataset(path: path, vocabulary: dictionary)
    }
    var table = ReplacementTable()
    var number = 0
    try TextFile(alignments).forEachLine { line in
      let place = "\(alignments):\(number + 1)"
      guard number < sides[0].count else {
        throw UserError("\(place): there are more alignments than sentences in '\(prefix)'")
      }
      let (source, target) = (sides[0][number], sides[1][number])
      for pair in try AlignmentLine.parse(line, at: place) {
        guard Int(pair.source) < source.count, Int(pair.target) < target.count else {
          throw UserError(
            "\(place): the alignment \(pair.source)-\(pair.target) points behind its sentence")
        }
        table.count(source[Int(pair.source)], target[Int(pair.target)])
      }
      number += 1
    }
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
  static func parse(_ line: String, at place: String) throws -> [(source: Int32, target: Int32)] {
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
  private var sources: [Int32] = []
  private var targets: [Int32: [(id: Int32, count: Int)]] = [:]

  mutating func count(_ source: Int32, _ target: Int32) {
    let specials = [Vocabulary.unk, Vocabulary.eos, Vocabulary.pad]
    if specials.contains(source) || specials.contains(target) { return }
    if targets[source] == nil { sources.append(source) }
    var list = targets[source] ?? []
    if let place = list.firstIndex(where: { $0.id == target }) {
      list[place].count += 1
    } else {
      list.append((target, 1))
    }
    targets[source] = list
  }

  var mostFrequent: [(source: Int32, target: Int32)] {
    sources.compactMap { source in
      guard let list = targets[source], let highest = list.map(\.count).max() else { return nil }
      return list.first { $0.count == highest }.map { (source, $0.id) }
    }
  }
}
