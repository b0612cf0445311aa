/// The error that a step may make in each element: `absolute + relative * |element|`.
///
/// Both may be one number for the whole state or a state of numbers, one for each element.
public struct Tolerance<State> {
  /// The tolerated error relative to the size of the element.
  public var relative: Double
  /// The tolerated error of an element near zero, in the unit of the element.
  public var absolute: Double
  /// Relative tolerances by element, in place of `relative`.
  public var relativeByElement: State?
  /// Absolute tolerances by element, in place of `absolute`.
  public var absoluteByElement: State?

  /// Makes tolerances; the defaults suit trajectories that are looked at rather than computed with.
  public init(
    relative: Double = 1e-3, absolute: Double = 1e-6, relativeByElement: State? = nil,
    absoluteByElement: State? = nil
  ) {
    self.relative = relative
    self.absolute = absolute
    self.relativeByElement = relativeByElement
    self.absoluteByElement = absoluteByElement
  }

  var isScalar: Bool { relativeByElement == nil && absoluteByElement == nil }

  /// The tolerances of one member of a tuple.
  func map<Other>(_ transform: (State) -> Other) -> Tolerance<Other> {
    Tolerance<Other>(
      relative: relative, absolute: absolute, relativeByElement: relativeByElement.map(transform),
      absoluteByElement: absoluteByElement.map(transform))
  }
}
