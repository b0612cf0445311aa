import Fairline
import FairlineData

/// The symbols of one side in another program's order.
struct ExportedSymbols: Equatable {
  /// Fairline's numbers of the symbols; -1 for one that fills the table up.
  private(set) var rows: [Int32]
  /// Their texts.
  private(set) var texts: [String]

  /// Takes some symbols of a vocabulary.
  init(_ vocabulary: Vocabulary, _ rows: [Int32]) {
    self.rows = rows
    texts = rows.map(vocabulary.symbol)
  }

  /// The number of a symbol in the other program; nil when it is left out.
  func place(of symbol: Int32) -> Int? { rows.firstIndex(of: symbol) }

  /// Puts made-up symbols before the last one, until there are so many.
  mutating func fill(to count: Int) {
    guard let lastRow = rows.popLast(), let lastText = texts.popLast() else { return }
    let known = Set(texts)
    var number = rows.count
    while rows.count < count - 1 {
      let text = "madeupword\(number)"
      number += 1
      guard !known.contains(text) else { continue }
      rows.append(-1)
      texts.append(text)
    }
    rows.append(lastRow)
    texts.append(lastText)
  }
}

extension TransformerForm {
  /// The symbols of a side but for its special ones, in Fairline's order.
  func plainSymbols(_ side: Side) -> [Int32] {
    (Vocabulary.unk + 1..<Int32(side.vocabulary.count)).map(\.self)
  }

  /// Whether `<s>` is a symbol of the model, and not a row that an importer has added.
  func knowsBegin(_ bias: [Float]?) -> Bool {
    guard let bias else { return true }
    return bias[Int(Vocabulary.bos)] > ForeignVocabulary.excluded
  }

  /// A table as it is in the other program.
  func recipe(
    _ own: String, _ symbols: ExportedSymbols
  ) throws -> (shape: [Int], recipe: DerivedTensors.Recipe) {
    guard let shape = model.tensors.shape(of: own), shape.count == 2 else {
      throw UserError("\(model.path) has no table '\(own)': it is a model of another kind")
    }
    return ([symbols.rows.count, shape[1]], .rows(own, symbols.rows, fill: 0))
  }

  /// Refuses a model with parameters that have no place in the other form.
  func refuseUnplaced(_ placed: Set<String>, format: String) throws {
    guard let name = model.tensors.names.first(where: { !placed.contains($0) }) else { return }
    throw UserError("\(model.path) has '\(name)', which the format \(format) does not hold")
  }

  /// The SentencePiece models, under the given names where there are any.
  func pieceModels(joint: [String], source: String, target: String) -> [(String, [UInt8])] {
    if let bytes = model.assets["spm.model"] { return joint.map { ($0, bytes) } }
    return [("spm.src.model", source), ("spm.tgt.model", target)].compactMap { asset, name in
      model.assets[asset].map { (name, $0) }
    }
  }
}
