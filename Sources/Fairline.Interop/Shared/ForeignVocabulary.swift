import Fairline
import FairlineData

/// The symbols of another program in Fairline's order: `<s>`, `<pad>`, `</s>` and `<unk>` first,
/// then the others as they were.
///
/// A symbol that the other program lacks, as a rule `<s>`, gets a row of its own in tables, which
/// nothing chooses.
struct ForeignVocabulary {
  /// The symbols.
  let vocabulary: Vocabulary
  /// For each of them, its number in the other program; -1 where it has none. `[symbol]`
  let rows: [Int32]
  /// Where the other program's special symbols stand.
  let specials: Specials

  /// The numbers that another program gives to special symbols; nil where it has none.
  struct Specials: Equatable {
    var begin: Int?
    var pad: Int?
    var end: Int
    var unknown: Int
  }

  /// What is added to the logit of a symbol that the other program lacks: its probability is 0.
  static let excluded: Float = -10_000

  /// Orders symbols.
  ///
  /// - Parameters:
  ///   - symbols: in the other program's order.
  ///   - path: the file, for messages.
  /// - Throws: `UserError` when the special symbols are not among them.
  init(_ symbols: [String], _ specials: Specials, path: String) throws {
    let places = [specials.begin, specials.pad, specials.end, specials.unknown]
    let given = places.compactMap(\.self)
    guard given.allSatisfy({ symbols.indices.contains($0) }), Set(given).count == given.count
    else {
      throw UserError(
        "\(path) has \(symbols.count) symbols and gives its special ones the numbers \(given): "
          + "use the vocabulary that belongs to the model")
    }
    var vocabulary = Vocabulary()
    var rows = places.map { Int32($0 ?? -1) }
    let taken = Set(given)
    for (number, symbol) in symbols.enumerated() where !taken.contains(number) {
      let added = vocabulary.count
      // Two symbols of the same text cannot both be meant; a line end would break the file.
      let isKnown = vocabulary.contains(symbol) || symbol.utf8.contains(0x0A)
      vocabulary.add(isKnown ? "madeupword\(number)" : symbol)
      guard vocabulary.count == added + 1 else {
        throw UserError("\(path) has the symbol 'madeupword\(number)' twice: repair it")
      }
      rows.append(Int32(number))
    }
    (self.vocabulary, self.rows, self.specials) = (vocabulary, rows, specials)
  }
}

extension DerivedTensors {
  /// The same with a table that has a row for each symbol.
  func adding(
    table name: String, of other: String, columns: Int, _ vocabulary: ForeignVocabulary
  ) -> DerivedTensors {
    adding(
      name, shape: [vocabulary.rows.count, columns], .rows(other, vocabulary.rows, fill: 0))
  }

  /// The same with what is added to the logits of symbols.
  func adding(
    bias name: String, of other: String, _ vocabulary: ForeignVocabulary
  ) -> DerivedTensors {
    adding(
      name, shape: [vocabulary.rows.count],
      .rows(other, vocabulary.rows, fill: ForeignVocabulary.excluded))
  }
}
