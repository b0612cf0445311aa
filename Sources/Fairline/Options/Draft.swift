/// Settings that are being filled in, whatever their type.
public protocol AnyDraft: AnyObject {
  /// The heading of its section in the help.
  var title: String { get }
  /// The flags.
  var formats: [OptionFormat] { get }
  /// The value of a flag in the preset, as a user would write it; empty for none.
  func presetText(at index: Int) -> String
  /// The present value of a flag, as a user would write it; empty for none.
  func text(at index: Int) -> String
  /// The present value of a flag for a settings file.
  func json(at index: Int) -> JSONValue
  /// Sets a flag's property from what a user wrote.
  func assign(_ text: String, at index: Int) throws
  /// Sets a flag's property to none; false when it cannot be none.
  func clear(at index: Int) -> Bool
  /// Properties that change what a trained model computes; see ``Configuration``.
  var definingSettings: [String] { get }
  /// The settings as JSON, for a checkpoint: without those of the run.
  func settings() throws -> JSONValue
  /// Lays settings over the present ones.
  func merge(_ settings: JSONValue) throws
  /// Lays the settings of a checkpoint over the present ones, but for those of the run.
  func restore(_ settings: JSONValue) throws
  /// The names of the properties that only training looks at.
  var settingsOfTraining: [String] { get }
  /// The stored settings that no flag changes, for tests.
  func settingsWithoutFlag() throws -> [String]
}

extension AnyDraft {
  /// Sentences about flags of a command line that only training looks at.
  ///
  /// - Parameter given: the chief names of the flags that were given.
  public func trainingFlags(among given: Set<String>) -> [String] {
    let names = Set(settingsOfTraining)
    return formats.filter {
      given.contains($0.names[0]) && names.contains($0.names[0].propertyName)
    }
    .map { "\($0.flag) has no effect: it belongs to fairline-train" }
  }
}

/// Settings of one type that are being filled in; they start from a preset.
///
/// A reference, so that whoever builds a component from it sees what the parser has set.
public final class Draft<Value: Configuration>: AnyDraft {
  /// The heading of its section in the help.
  public let title: String
  /// The settings as they are now.
  public var value: Value
  private let preset: Value
  private let options: [Option<Value>]

  /// A draft that starts from a preset.
  public init(_ title: String, _ preset: Value = Value()) {
    self.title = title
    self.preset = preset
    value = preset
    options = Value.options
  }

  /// The flags.
  public var formats: [OptionFormat] { options.map(\.format) }

  /// The value of a flag in the preset, as a user would write it.
  public func presetText(at index: Int) -> String { options[index].describe(preset) }

  /// The present value of a flag, as a user would write it.
  public func text(at index: Int) -> String { options[index].describe(value) }

  /// The present value of a flag for a settings file.
  public func json(at index: Int) -> JSONValue { options[index].json(value) }

  /// Sets a flag's property from what a user wrote; throws ``OptionError``.
  public func assign(_ text: String, at index: Int) throws {
    try options[index].assign(&value, text)
  }

  /// Sets a flag's property to none; false when it cannot be none.
  public func clear(at index: Int) -> Bool {
    guard let clear = options[index].clear else { return false }
    clear(&value)
    return true
  }

  /// The names of the properties that only training looks at.
  public var settingsOfTraining: [String] { Value.settingsOfTraining }

  /// The stored settings that no flag changes, for tests.
  public func settingsWithoutFlag() throws -> [String] { try Value.settingsWithoutFlag() }

  /// Properties that change what a trained model computes; see ``Configuration``.
  public var definingSettings: [String] { Value.definingSettings }

  /// The settings as JSON, for a checkpoint: without those of the run.
  public func settings() throws -> JSONValue {
    Self.withoutSettingsOfTheRun(try JSONValue(encoding: value))
  }

  /// Lays the settings of a checkpoint over the present ones, but for those of the run, which
  /// earlier versions saved.
  public func restore(_ settings: JSONValue) throws {
    try merge(Self.withoutSettingsOfTheRun(settings))
  }

  private static func withoutSettingsOfTheRun(_ settings: JSONValue) -> JSONValue {
    guard case .object(let members) = settings, !Value.settingsOfTheRun.isEmpty else {
      return settings
    }
    var kept = JSONObject()
    for (key, value) in members where !Value.settingsOfTheRun.contains(key) { kept[key] = value }
    return .object(kept)
  }

  /// Lays settings over the present ones; settings that they lack stay.
  public func merge(_ settings: JSONValue) throws {
    let merged = try settings.decoded(over: value)
    try merged.checkRanges()
    value = merged
  }
}
