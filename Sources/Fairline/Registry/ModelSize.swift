import FairlineTensor

/// The memory that a model needs, known before any of it is taken.
struct ModelSize {
  /// Bytes for parameters and tables, and in training for gradients and the optimizer's state.
  let bytes: Int
  private let parts: String
  private let elements: Int

  /// For computing with a model.
  ///
  /// - Parameter holdsIntegers: whether most parameters stay integers in a file's memory, and are
  ///   not counted.
  init(of model: any Model, holdsIntegers: Bool = false) {
    let parameters = model.parameters
    let counted = holdsIntegers ? 0 : parameters.elementCount
    bytes = Self.bytes(Double(parameters.tableCount) + Double(counted))
    parts = "its parameters"
    elements = parameters.elementCount
  }

  /// For training a model.
  ///
  /// - Throws: what the optimizer says of its settings.
  init(
    training model: any Model, with optimizer: Selection<ParameterSet, any Optimizer>
  ) throws {
    let parameters = model.parameters
    let copies = try 2 + Self.states(of: optimizer)
    bytes = Self.bytes(Double(parameters.tableCount) + copies * Double(parameters.elementCount))
    parts = "parameters, gradients and the state of --optimizer \(optimizer.name)"
    elements = parameters.elementCount
  }

  private static func bytes(_ numbers: Double) -> Int {
    Int(min(numbers * Double(MemoryLayout<Float>.stride), 1e18))
  }

  /// Numbers that an optimizer keeps for each number of a model, found out with a small matrix.
  private static func states(
    of optimizer: Selection<ParameterSet, any Optimizer>
  ) throws -> Double {
    let space = ParameterSpace(seed: 1)
    _ = space.parameter("weight", [256, 256], .constant(0))
    let sample = ParameterSet(space)
    let built = try optimizer.build(sample)
    let kept = (built.state + built.ownState).reduce(0) { $0 + $1.values.count }
    return Double(kept) / Double(sample.values.count)
  }

  /// Refuses a model for which there is no memory, or which has too many numbers.
  ///
  /// - Parameters:
  ///   - name: the model in a sentence.
  ///   - free: bytes that there are; nil where that is not known.
  func check(_ name: String, free: Int? = FreeMemory().bytes) throws {
    guard let free, bytes > free else {
      guard elements > ParameterSet.mostElements else { return }
      throw UserError(
        "\(name) has \(NumberText.grouped(elements)) parameters, and a model may have "
          + "\(NumberText.grouped(ParameterSet.mostElements)): choose a smaller one")
    }
    throw UserError(
      "\(name) needs \(Self.text(bytes)) of memory for \(parts), and there are "
        + "\(Self.text(free)): choose a smaller model, or a machine with more memory")
  }

  private static func text(_ bytes: Int) -> String {
    let (value, unit) =
      bytes < 1_000_000_000
      ? (Double(bytes) / 1e6, "MB")
      : bytes < 10_000_000_000_000 ? (Double(bytes) / 1e9, "GB") : (Double(bytes) / 1e12, "TB")
    return "\(NumberText.fixed(value, value < 100 ? 1 : 0)) \(unit)"
  }
}

extension Selection where Context == ModelContext, Product == any Model {
  /// Builds the model from the settings as they are now.
  ///
  /// - Throws: `UserError` for a task of impossible sizes, a model that finds no memory, or one of
  ///   too many numbers; what the architecture says of its settings.
  public func build(_ context: ModelContext) throws -> any Model {
    if let fault = context.task.fault {
      throw UserError("the architecture \(name) cannot be made for such a task: \(fault)")
    }
    if context.isCounted { return try make(context) }
    return try build(context) { try ModelSize(of: $0).check("the architecture \(name)") }
  }

  /// Builds a model after a look at one of the same sizes that takes no memory.
  ///
  /// - Parameter check: throws when the model must not be built.
  func build(
    _ context: ModelContext, checking check: (any Model) throws -> Void
  ) throws -> any Model {
    var counted = context
    counted.isCounted = true
    let model = try build(counted)
    try check(model)
    // An architecture that takes no notice has built the model itself.
    return model.parameters.isCounted ? try make(context) : model
  }
}
