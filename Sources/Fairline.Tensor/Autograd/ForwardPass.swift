/// What one trip through a model carries along: mode, tape, randomness, and what was measured on
/// the way.
public final class ForwardPass {
  /// Whether dropout and the like are on.
  public let isTraining: Bool
  /// Where operations are recorded; nil when no gradients are wanted.
  public let tape: Tape?
  /// The randomness of this pass.
  public var random: RandomSource
  /// What was measured on the way.
  public var statistics = Statistics()
  /// Weighted terms to be added to the loss, each `[1]`, by name.
  public private(set) var auxiliaryLosses: [(name: String, value: Tensor)] = []
  /// Why this batch must not change the parameters; nil while nothing speaks against it.
  public private(set) var refusal: BatchRefusal?
  private var substitutes: [ObjectIdentifier: Tensor] = [:]

  /// Makes a pass for training: gradients are recorded, dropout is on.
  public static func training(_ random: RandomSource) -> ForwardPass {
    ForwardPass(isTraining: true, tape: Tape(), random: random)
  }

  /// Makes a pass for evaluation: nothing is recorded, dropout is off.
  public static func evaluation() -> ForwardPass {
    ForwardPass(isTraining: false, tape: nil, random: RandomSource(seed: 0))
  }

  /// Makes a pass with each part chosen.
  public init(isTraining: Bool, tape: Tape?, random: RandomSource) {
    self.isTraining = isTraining
    self.tape = tape
    self.random = random
  }

  /// The value of a parameter, tied to this pass' tape.
  public func value(of parameter: Parameter) -> Tensor {
    if let substitute = substitutes[ObjectIdentifier(parameter)] { return substitute }
    guard let tape, parameter.isTrainable else { return parameter.value }
    return parameter.value.attached(to: Node(tape: tape, parameter: parameter))
  }

  /// Lets a tensor stand for a parameter in this pass, so that the gradient reaches that tensor
  /// instead.
  ///
  /// - Parameter tensor: in the parameter's shape.
  public func substitute(_ tensor: Tensor, for parameter: Parameter) {
    precondition(
      tensor.shape == parameter.shape,
      "a tensor of shape \(tensor.shape) cannot stand for '\(parameter.name)' of shape "
        + "\(parameter.shape)"
    )
    substitutes[ObjectIdentifier(parameter)] = tensor
  }

  /// Whether tensors stand for parameters in this pass.
  var hasSubstitutes: Bool { !substitutes.isEmpty }

  /// Asks that this batch not change the parameters; the first reason given counts.
  public func refuse(_ refusal: BatchRefusal) {
    if self.refusal == nil { self.refusal = refusal }
  }

  /// Records a number under a name.
  public func record(_ value: Double, at name: String) { statistics.record(value, at: name) }

  /// Adds a term to the loss, already weighted.
  ///
  /// - Parameter value: `[1]`
  public func addLoss(_ value: Tensor, name: String) {
    precondition(value.count == 1, "an auxiliary loss is a single number, not \(value.shape)")
    auxiliaryLosses.append((name, value))
  }

  /// The dropout to apply at the next place: none in evaluation.
  public func dropout(_ probability: Double) -> DropoutDraw? {
    guard isTraining, probability > 0 else { return nil }
    precondition(probability < 1, "a dropout probability is below 1, not \(probability)")
    return DropoutDraw(probability: Float(probability), key: random.key, stream: random.stream())
  }
}

/// Why a batch must not change the parameters, and what is to become of it.
public struct BatchRefusal: Sendable, Equatable, Codable {
  /// What is to become of the batch.
  public enum Wish: String, Sendable, Codable {
    /// It is left out.
    case skip
    /// It is tried again later, when the parameters have changed.
    case postpone
  }

  /// What happened, as a part of a sentence: `the encoder ran out of evaluations`.
  public let reason: String
  /// What is to become of the batch.
  public let wish: Wish

  /// Makes a refusal.
  public init(_ reason: String, wish: Wish) {
    self.reason = reason
    self.wish = wish
  }
}

/// One dropout mask, named by its counter: the mask is computed wherever it is needed and never
/// stored.
public struct DropoutDraw: Sendable, Equatable {
  /// The probability of dropping an element.
  public let probability: Float
  /// The key of the draw.
  public let key: UInt64
  /// The stream of the draw.
  public let stream: UInt64

  /// Names a mask.
  public init(probability: Float, key: UInt64, stream: UInt64) {
    self.probability = probability
    self.key = key
    self.stream = stream
  }
}
