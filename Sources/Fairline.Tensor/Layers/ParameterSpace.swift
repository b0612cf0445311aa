/// Where a model under construction gets its parameters: a path of names and a source of
/// randomness.
///
/// Layers ask the space for parameters in their initialisers; when the model stands,
/// ``ParameterSet`` takes them all.
public struct ParameterSpace {
  final class Registry {
    var parameters: [Parameter] = []
    var aliases: [String: String] = [:]
    var names: Set<String> = []
    var tableCount = 0
    let key: UInt64
    let values: FirstValues
    var drawsValues: Bool { values == .drawn }

    init(key: UInt64, values: FirstValues) {
      self.key = key
      self.values = values
    }
  }

  let registry: Registry
  private let path: String

  /// What parameters hold at first.
  public enum FirstValues: Sendable {
    /// Numbers drawn as their layers want them.
    case drawn
    /// Undefined ones, as all are to be written.
    case unwritten
    /// Undefined ones in memory that is not there before it is written, as most never are.
    case sparse
    /// None: the model only tells how large it is, and nobody reads or writes its numbers.
    case counted
  }

  /// Whether the model only tells how large it is; see ``FirstValues/counted``.
  public var isCounted: Bool { registry.values == .counted }

  /// Says that the model holds a table of numbers beside its parameters, which counts in its size.
  public func addTable(count: Int) { registry.tableCount += count }

  /// Makes the empty space of a new model.
  public init(seed: UInt64, values: FirstValues = .drawn) {
    registry = Registry(key: RandomSource.mix(seed ^ 0x5eed_0f_9a4a_3e7e4), values: values)
    path = ""
  }

  private init(registry: Registry, path: String) {
    self.registry = registry
    self.path = path
  }

  /// The space of a part of the model: its parameters' names begin with `name` and a dot.
  public func part(_ name: String) -> ParameterSpace {
    ParameterSpace(registry: registry, path: path + name + ".")
  }

  /// Makes a parameter.
  public func parameter(_ name: String, _ shape: Shape, _ initializer: Initializer) -> Parameter {
    guard registry.drawsValues else { return add(path + name, .unwritten(shape), parts: []) }
    let stream = UInt64(registry.parameters.count) << 8
    return add(
      path + name, initializer.makeTensor(shape, key: registry.key, stream: stream), parts: [])
  }

  /// Makes a parameter that starts from given numbers.
  ///
  /// - Parameter values: computed where parameters are drawn. `shape`
  public func parameter(
    _ name: String, _ shape: Shape, startingFrom values: () -> Tensor
  ) -> Parameter {
    guard registry.drawsValues else { return add(path + name, .unwritten(shape), parts: []) }
    let value = values()
    precondition(value.shape == shape, "numbers \(value.shape) do not fill '\(name)' of \(shape)")
    return add(path + name, value.detached, parts: [])
  }

  /// Makes a parameter whose blocks of rows have names of their own, as projections of queries,
  /// keys and values do.
  ///
  /// - Parameter blocks: name, rows and distribution of each block, in memory order.
  public func fused(
    _ name: String, blocks: [(name: String, rows: Int, initializer: Initializer)], columns: Int?
  ) -> Parameter {
    var parts: [Parameter.Part] = []
    var tensors: [Tensor] = []
    var row = 0
    for (index, block) in blocks.enumerated() {
      let stream = UInt64(registry.parameters.count) << 8 | UInt64(index)
      let shape: Shape = columns.map { [block.rows, $0] } ?? [block.rows]
      if registry.drawsValues {
        tensors.append(block.initializer.makeTensor(shape, key: registry.key, stream: stream))
      }
      parts.append(Parameter.Part(name: path + block.name, rows: row..<(row + block.rows)))
      row += block.rows
    }
    guard registry.drawsValues else {
      return add(path + name, .unwritten(columns.map { [row, $0] } ?? [row]), parts: parts)
    }
    return add(path + name, Tensor.concatenated(tensors), parts: parts)
  }

  /// Says that `name` in checkpoints is another name of a parameter that exists.
  public func alias(_ name: String, of parameter: Parameter) {
    registry.aliases[path + name] = parameter.name
  }

  private func add(_ name: String, _ value: Tensor, parts: [Parameter.Part]) -> Parameter {
    precondition(
      registry.names.insert(name).inserted, "two parameters have the name '\(name)'")
    let parameter = Parameter(name: name, value: value, parts: parts)
    registry.parameters.append(parameter)
    return parameter
  }
}

extension Tensor {
  /// A shape whose numbers have no memory, or none yet.
  static func unwritten(_ shape: Shape) -> Tensor {
    Tensor(storage: Storage(capacity: 0), shape: shape)
  }
}
