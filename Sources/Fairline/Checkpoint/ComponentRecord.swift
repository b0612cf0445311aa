/// A component as a checkpoint remembers it: the name it was chosen by and its settings.
public struct ComponentRecord: Codable, Equatable, Sendable {
  /// The name in the catalogue.
  public var name: String
  /// The resolved settings, by the names of their properties.
  public var settings: JSONValue

  /// Makes a record.
  public init(name: String, settings: JSONValue = [:]) {
    self.name = name
    self.settings = settings
  }

  /// Records a selection as it is now.
  public init<Context, Product>(_ selection: Selection<Context, Product>) throws {
    self.init(name: selection.name, settings: try selection.draft.settings())
  }
}

extension Registry {
  /// The component that a checkpoint names, with the settings it had.
  ///
  /// - Parameter overrides: settings to lay over the saved ones.
  /// - Throws: when no plug-in of this program brings the component.
  public func select<Context, Product>(
    _ record: ComponentRecord, overrides: JSONValue? = nil
  ) throws -> Selection<Context, Product> where Entry == Component<Context, Product> {
    let selection = try select(record.name)
    try check(overrides, against: selection.draft, of: record.name)
    do {
      try selection.draft.restore(record.settings)
    } catch is DecodingError {
      throw UserError(
        "the settings of the \(kind) '\(record.name)' do not fit this program's: "
          + "\(record.settings.compactText)"
      )
    } catch let error as OptionError {
      throw UserError(
        "the checkpoint's settings of the \(kind) '\(record.name)' cannot be: \(error);"
          + " use another copy of the file")
    }
    if let overrides { try lay(overrides, over: selection.draft, of: record.name) }
    return selection
  }

  /// Lays settings over the saved ones one by one, so that an error names the one that does not
  /// fit.
  private func lay(_ overrides: JSONValue, over draft: any AnyDraft, of name: String) throws {
    guard case .object(let members) = overrides else { return }
    for (key, value) in members {
      do {
        try draft.merge([key: value])
      } catch is DecodingError {
        throw UserError(
          "--model-overrides: '\(key)' of the \(kind) '\(name)' cannot be \(value.compactText): "
            + "give a value of its kind"
        )
      }
    }
  }

  /// Refuses settings that the component does not have.
  private func check(_ overrides: JSONValue?, against draft: any AnyDraft, of name: String) throws {
    guard case .object(let members) = overrides else { return }
    let known = draft.formats.compactMap(\.names.first?.propertyName)
    var all = Set(known)
    if case .object(let saved) = try draft.settings() { all.formUnion(saved.keys) }
    for key in members.keys where !all.contains(key) {
      let hint = Spelling.nearest(to: key, among: all.sorted()).map { "; did you mean '\($0)'?" }
      throw UserError(
        "--model-overrides: the \(kind) '\(name)' has no setting '\(key)'\(hint ?? "")")
    }
  }
}
