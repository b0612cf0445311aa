import CFairlineKernels

/// All parameters of a model, in one block of memory, with their gradients in another.
///
/// Optimizers, clipping, averaging and checkpoints work on the flat blocks.
public final class ParameterSet: @unchecked Sendable {
  /// The parameters in the order they were made.
  public let parameters: [Parameter]
  /// Other names of parameters in checkpoints, by alias.
  public let aliases: [String: String]
  /// All numbers, padding between parameters included. `[element]`
  public let values: Tensor
  /// All gradients, in the order of ``values``; has memory after ``prepareGradients()``.
  public private(set) var gradients: Tensor
  /// Weights that are held as integers instead of in ``values``, by the names of their entries;
  /// such a model can be searched with and nothing else.
  public private(set) var quantized: [String: QuantizedMatrix] = [:]
  /// How many numbers ``values`` has, or would have if there were memory behind it.
  public let elementCount: Int
  /// The most numbers that a model may have.
  public static let mostElements = Int(Int32.max)
  /// Numbers that the model holds besides, in tables that are not trained.
  public let tableCount: Int
  /// Whether there is no memory behind ``values``: only sizes are told.
  public let isCounted: Bool
  private let offsets: [Int]

  /// Takes the parameters of a finished model over into flat memory.
  public init(_ space: ParameterSpace) {
    parameters = space.registry.parameters
    aliases = space.registry.aliases
    tableCount = space.registry.tableCount
    isCounted = space.isCounted
    var offsets: [Int] = []
    var total = 0
    for parameter in parameters {
      offsets.append(total)
      // No sum of such sizes is needed exactly: they are only told.
      let (sum, overflow) = total.addingReportingOverflow((parameter.shape.count + 15) / 16 * 16)
      total = overflow ? Int.max : sum
    }
    self.offsets = offsets
    elementCount = total
    let isDrawn = space.registry.drawsValues
    switch space.registry.values {
    case .drawn: values = Tensor.zeros([total])
    case .unwritten: values = Tensor(uninitialized: [total])
    case .sparse: values = Tensor(storage: SparseMemory.storage(capacity: total), shape: [total])
    case .counted:
      values = Tensor(
        storage: SparseMemory.addresses(capacity: total), shape: [min(total, Self.mostElements)])
    }
    gradients = Tensor(uninitialized: [0])
    for (parameter, offset) in zip(parameters, offsets) {
      let place = values.viewed(as: parameter.shape, advancedBy: offset)
      let count = parameter.shape.count
      if isDrawn {
        place.pointer.update(from: parameter.value.pointer, count: count)
      } else if !isCounted {
        // What lies between parameters takes part in whole-model operations.
        (place.pointer + count).update(repeating: 0, count: (count + 15) / 16 * 16 - count)
      }
      parameter.value = place
    }
  }

  /// Holds the weight of an entry as integers from now on.
  ///
  /// - Parameter matrix: of the entry's shape.
  public func adopt(_ matrix: QuantizedMatrix, for entry: Entry) {
    precondition(
      entry.shape.dimensions == [matrix.rows, matrix.columns],
      "integers of another shape cannot stand for '\(entry.name)'")
    quantized[entry.name] = matrix
  }

  /// The number of trained numbers.
  public var count: Int { parameters.reduce(0) { $0 + $1.shape.count } }

  /// Gives the gradients memory and clears it.
  public func prepareGradients() {
    if gradients.count == 0 {
      gradients = Tensor.zeros(values.shape)
      for (parameter, offset) in zip(parameters, offsets) {
        parameter.gradient = gradients.viewed(as: parameter.shape, advancedBy: offset)
      }
    } else {
      clearGradients()
    }
  }

  /// Sets every gradient to zero.
  func clearGradients() {
    Profile.measure(.clearing) {
      Parallel.ranges(gradients.count) { [gradients] range in
        fl_fill(gradients.pointer + range.lowerBound, 0, Int64(range.count))
      }
    }
  }

  /// One named block of rows of a parameter, as checkpoints hold it.
  public struct Entry {
    /// The name in checkpoints.
    public let name: String
    /// The lengths of the axes.
    public let shape: Shape
    /// Where it begins in the flat memory, in elements.
    public let offset: Int
    /// Whether it may be rounded to integers for search.
    public let mayBeRounded: Bool
  }

  /// Every named block, in the order of memory.
  public var entries: [Entry] {
    zip(parameters, offsets).flatMap { parameter, offset -> [Entry] in
      if parameter.parts.isEmpty {
        return [
          Entry(
            name: parameter.name, shape: parameter.shape, offset: offset,
            mayBeRounded: parameter.mayBeRounded)
        ]
      }
      let rowSize = parameter.shape.count / parameter.shape[0]
      return parameter.parts.map { part in
        let shape = Shape([part.rows.count] + parameter.shape.dimensions.dropFirst())
        return Entry(
          name: part.name, shape: shape, offset: offset + part.rows.lowerBound * rowSize,
          mayBeRounded: parameter.mayBeRounded)
      }
    }
  }

  /// The part of a flat tensor (``values``, ``gradients``, an optimizer's moments) that belongs to
  /// an entry.
  public func view(of entry: Entry, in flat: Tensor) -> Tensor {
    precondition(flat.count == values.count, "the flat tensor belongs to another model")
    return flat.viewed(as: entry.shape, advancedBy: entry.offset)
  }

  /// Overwrites an entry's part of a flat tensor.
  ///
  /// - Parameter source: as many numbers as the entry has, row-major.
  public func write(_ source: UnsafeBufferPointer<Float>, to entry: Entry, in flat: Tensor) {
    precondition(
      source.count == entry.shape.count,
      "\(source.count) numbers cannot fill '\(entry.name)' of shape \(entry.shape)")
    if let base = source.baseAddress {
      (flat.pointer + entry.offset).update(from: base, count: source.count)
    }
  }
}
