import Fairline

/// The tensors of another program's model under the names of a Transformer's parameters, with
/// account of which of them have found a place.
struct PlacedTensors {
  private(set) var derived: DerivedTensors
  private let source: any TensorSource
  private var used: Set<String> = []
  private(set) var ignored: [String] = []

  /// Makes an empty set of tensors.
  init(_ source: any TensorSource) {
    self.source = source
    derived = DerivedTensors(of: source)
  }

  /// Adds a tensor that is made of another one.
  ///
  /// - Precondition: the file has the tensor `other`.
  mutating func add(
    _ name: String, of other: String, shape: [Int], _ recipe: DerivedTensors.Recipe
  ) {
    used.insert(other)
    derived = derived.adding(name, shape: shape, recipe)
  }

  /// The shape of a tensor of the file.
  func shape(of name: String) -> [Int]? { source.shape(of: name) }

  /// The first of some names that the file has, as the name of a table.
  ///
  /// - Throws: `UserError` when it has none, or one of another shape.
  func table(_ names: [String], columns: Int) throws -> (name: String, rows: Int) {
    guard let name = names.first(where: { source.shape(of: $0) != nil }),
      let shape = source.shape(of: name), shape.count == 2
    else {
      throw UserError("\(source.path) has no tensor '\(names[0])': use another copy")
    }
    guard shape[1] == columns else {
      throw UserError(
        "\(source.path): '\(name)' has the shape \(shape), and the settings say \(columns) "
          + "channels: use the config.json that belongs to it")
    }
    return (name, shape[0])
  }

  /// Adds a table with a row for each symbol.
  mutating func add(table name: String, of other: String, _ vocabulary: ForeignVocabulary) {
    used.insert(other)
    derived = derived.adding(
      table: name, of: other, columns: source.shape(of: other)?.last ?? 0, vocabulary)
  }

  /// Adds what is added to logits: a tensor of the file, or zeros.
  mutating func add(bias name: String, of other: String, _ vocabulary: ForeignVocabulary) throws {
    guard let shape = source.shape(of: other) else {
      let numbers = vocabulary.rows.map { $0 < 0 ? ForeignVocabulary.excluded : 0 }
      derived = derived.adding(name, shape: [numbers.count], .numbers(numbers))
      return
    }
    let symbols = vocabulary.rows.reduce(0) { max($0, Int($1) + 1) }
    guard shape.reduce(1, *) >= symbols, shape.last == shape.reduce(1, *) else {
      throw UserError(
        "\(source.path): '\(other)' has the shape \(shape), and there are \(symbols) symbols: "
          + "use another copy")
    }
    used.insert(other)
    derived = derived.adding(bias: name, of: other, vocabulary)
  }

  /// Adds a tensor of the file under its name without the beginning `model.`.
  mutating func add(copyOf other: String, shape: [Int]) throws {
    guard source.shape(of: other) == shape else {
      throw UserError("\(source.path) has no '\(other)' of the shape \(shape): use another copy")
    }
    used.insert(other)
    derived = derived.adding(String(other.dropFirst(6)), shape: shape, .same(other))
  }

  /// Adds numbers of the importer's own.
  mutating func add(_ name: String, shape: [Int], _ numbers: [Float]) {
    derived = derived.adding(name, shape: shape, .numbers(numbers))
  }

  /// Leaves out tensors, where they are there.
  mutating func ignore(_ names: [String]) {
    ignored += names.filter { source.shape(of: $0) != nil && used.insert($0).inserted }
  }

  /// Tensors that are neither used nor left out.
  var unused: [String] { source.names.filter { !used.contains($0) } }
}
