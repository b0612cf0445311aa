/// A chosen component: its settings, to be filled in, and how to build it from them.
///
/// The settings' type is hidden in the draft and in the closure, so there is no cast anywhere.
public struct Selection<Context, Product> {
  /// The name under which it was chosen.
  public let name: String
  /// Its settings; hand them to a ``CommandLineParser``.
  public let draft: any AnyDraft
  let make: (Context) throws -> Product

  init(name: String, draft: any AnyDraft, make: @escaping (Context) throws -> Product) {
    self.name = name
    self.draft = draft
    self.make = make
  }

  /// Builds the component from the settings as they are now.
  public func build(_ context: Context) throws -> Product { try make(context) }

  /// The same name and settings, but built into something else: from what this builds, for example.
  public func building<Other>(
    _ make: @escaping (Context) throws -> Other
  ) -> Selection<Context, Other> {
    Selection<Context, Other>(name: name, draft: draft, make: make)
  }
}

/// An entry of a registry of components: makes a fresh ``Selection`` each time.
public struct Component<Context, Product>: Sendable {
  private let make: @Sendable (_ name: String, _ title: String) -> Selection<Context, Product>

  /// A component whose settings start from a preset.
  ///
  /// - Parameters:
  ///   - preset: the settings that its flags start from.
  ///   - build: makes the component from the filled-in settings and what it is made for.
  public init<Settings: Configuration>(
    preset: Settings = Settings(),
    build: @escaping @Sendable (Settings, Context) throws -> Product
  ) {
    make = { name, title in
      let draft = Draft(title, preset)
      return Selection(name: name, draft: draft) { context in
        try draft.value.checkRanges()
        return try build(draft.value, context)
      }
    }
  }

  /// The component's settings and builder under a name; `title` heads its section of the help.
  public func select(_ name: String, title: String) -> Selection<Context, Product> {
    make(name, title)
  }
}

/// A component whatever it makes.
protocol AnyComponent {
  /// The component's settings.
  func draft(title: String) -> any AnyDraft
}

extension Component: AnyComponent {
  func draft(title: String) -> any AnyDraft { select(title, title: title).draft }
}

extension Registry {
  /// Adds a component whose flags start from a preset; throws for a name taken.
  public mutating func add<Settings: Configuration, Context, Product>(
    _ name: String, _ summary: String, preset: Settings = Settings(),
    build: @escaping @Sendable (Settings, Context) throws -> Product
  ) throws where Entry == Component<Context, Product> {
    try add(name, summary, Component(preset: preset, build: build))
  }

  /// The settings and builder of a name; throws for an unknown one.
  public func select<Context, Product>(
    _ name: String
  ) throws -> Selection<Context, Product> where Entry == Component<Context, Product> {
    try self[name].select(name, title: "\(kind.capitalizedFirst) \(name)")
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
