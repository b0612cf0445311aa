import Fairline
import FairlineTensor

/// Tensors made of another source's: renamed, cut, with their rows in another order.
struct DerivedTensors: TensorSource {
  /// How a tensor is made.
  enum Recipe: Sendable {
    /// Another tensor as it is.
    case same(String)
    /// Other tensors, one above the other.
    case stacked([String])
    /// Some neighbouring rows of another tensor.
    case slice(String, Range<Int>)
    /// For each row, a row of another tensor; a negative number stands for a row of one number.
    case rows(String, [Int32], fill: Float)
    /// The same of the columns of a matrix.
    case columns(String, [Int32], fill: Float)
    /// Another tensor's numbers times a factor.
    case scaled(String, by: Float)
    /// A matrix turned around, its numbers times a factor.
    case turned(String, by: Float = 1)
    /// Numbers of the importer's own. `[row, column]`
    case numbers([Float])
  }

  let path: String
  let names: [String]
  private let source: any TensorSource
  private let recipes: [String: (shape: [Int], recipe: Recipe)]

  /// Makes an empty set of tensors.
  init(of source: any TensorSource) {
    (path, names, self.source, recipes) = (source.path, [], source, [:])
  }

  private init(
    _ other: DerivedTensors, _ names: [String], _ recipes: [String: (shape: [Int], recipe: Recipe)]
  ) {
    (path, source) = (other.path, other.source)
    (self.names, self.recipes) = (names, recipes)
  }

  /// The same with another tensor.
  ///
  /// - Precondition: the tensor that the recipe names is there, and none of this name.
  func adding(_ name: String, shape: [Int], _ recipe: Recipe) -> DerivedTensors {
    precondition(recipes[name] == nil, "there are two recipes for '\(name)'")
    var recipes = recipes
    recipes[name] = (shape, recipe)
    return DerivedTensors(self, names + [name], recipes)
  }

  func shape(of name: String) -> [Int]? { recipes[name]?.shape }

  func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    guard let (shape, recipe) = recipes[name], shape.reduce(1, *) == output.count else {
      throw UserError("\(path) has no tensor '\(name)' of \(output.count) numbers")
    }
    switch recipe {
    case .same(let other): try source.read(other, into: output)
    case .stacked(let parts):
      var place = 0
      for part in parts {
        let count = source.shape(of: part)?.reduce(1, *) ?? 0
        precondition(place + count <= output.count, "stacked tensors fit the stack's shape")
        try source.read(
          part, into: UnsafeMutableBufferPointer(rebasing: output[place..<(place + count)]))
        place += count
      }
      precondition(place == output.count, "stacked tensors fill the stack's shape")
    case .slice(let other, let range):
      let columns = shape.dropFirst().reduce(1, *)
      let all = try rows(other, range.upperBound, columns: columns)
      _ = output.update(from: all[(range.lowerBound * columns)..<(range.upperBound * columns)])
    case .rows(let other, let rows, let fill):
      let columns = shape.dropFirst().reduce(1, *)
      let all = try self.rows(other, Int(rows.max() ?? -1) + 1, columns: columns)
      Self.choose(rows, of: all, fill: fill, into: output, columns: columns)
    case .columns(let other, let rows, let fill):
      let columns = shape[1]
      let count = source.shape(of: other)?.reduce(1, *) ?? 0
      precondition(rows.allSatisfy { Int($0) < count / columns }, "the matrix has these columns")
      let all = try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
        try source.readTurned(
          other, rows: columns, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        filled = count
      }
      Self.choose(rows, of: all, fill: fill, into: output, columns: columns)
    case .scaled(let other, let factor):
      try source.read(other, into: output)
      for index in output.indices { output[index] *= factor }
    case .turned(let other, let factor):
      try source.readTurned(other, rows: shape[1], into: output)
      if factor != 1 { for index in output.indices { output[index] *= factor } }
    case .numbers(let numbers): _ = output.update(from: numbers)
    }
  }

  /// Puts together rows of a matrix, and rows of one number where a row's number is negative.
  private static func choose(
    _ rows: [Int32], of all: [Float], fill: Float,
    into output: UnsafeMutableBufferPointer<Float>, columns: Int
  ) {
    for (place, row) in rows.enumerated() {
      let part = UnsafeMutableBufferPointer(
        rebasing: output[(place * columns)..<((place + 1) * columns)])
      if row < 0 {
        part.update(repeating: fill)
      } else {
        _ = part.update(from: all[(Int(row) * columns)..<((Int(row) + 1) * columns)])
      }
    }
  }

  /// The numbers of a tensor that has at least some rows. `[row, column]`
  private func rows(_ name: String, _ count: Int, columns: Int) throws -> [Float] {
    let all = try source.floats(name)
    guard all.count >= count * columns else {
      throw UserError(
        "\(path): '\(name)' has \(all.count) numbers where \(count) rows of \(columns) are needed: "
          + "use the settings and the vocabulary that belong to it")
    }
    return all
  }
}
