/// The settings of a component: a plain value whose properties have flags.
///
/// The property's initial value is the flag's default. A preset is just another value of the
/// type, so its differences show in the help of whoever selects it.
///
/// ```swift
/// struct AdamSettings: Configuration {
///   var betas = [0.9, 0.999]
///   var epsilon = 1e-8
///   static var options: [Option<Self>] {
///     [
///       Option("adam-betas", \.betas, in: .from(0, below: 1), "decay rates of the two moments"),
///       Option("adam-eps", \.epsilon, in: .from(0), "added to the root of the second moment"),
///     ]
///   }
/// }
/// ```
public protocol Configuration: Codable, Sendable {
  /// The defaults.
  init()

  /// The flags, in the order in which the help shows them.
  static var options: [Option<Self>] { get }

  /// Properties that change what a trained model computes, though its parameters keep their names
  /// and shapes; training does not go on with others.
  static var definingSettings: [String] { get }

  /// The names of the properties that belong to a run and not to what it makes: how data are read
  /// and how a run is judged. A checkpoint does not carry them.
  static var settingsOfTheRun: [String] { get }

  /// The names of the properties that only training looks at; a program that generates says that
  /// they have no effect.
  static var settingsOfTraining: [String] { get }
}

extension Configuration {
  /// None.
  public static var definingSettings: [String] { [] }

  /// None.
  public static var settingsOfTheRun: [String] { [] }

  /// None.
  public static var settingsOfTraining: [String] { [] }

  /// Refuses numbers that their flags would not take, wherever the settings come from.
  ///
  /// - Throws: ``OptionError`` that names the flag.
  public func checkRanges() throws {
    for option in Self.options { try option.check(self) }
  }

  /// This type's flags for a configuration that has it as a part.
  public static func options<Outer>(
    inside part: WritableKeyPath<Outer, Self>
  ) -> [Option<Outer>] {
    options.map { $0.inside(part) }
  }
}

/// Settings without any flag, for components that need none.
public struct NoSettings: Configuration {
  /// Nothing to set.
  public init() {}
  /// No flags.
  public static var options: [Option<Self>] { [] }
}
