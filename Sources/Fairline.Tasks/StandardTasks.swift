public import Fairline

/// The tasks that Fairline brings.
public enum StandardTasks: Plugin {
  private static let tasks: [any Plugin.Type] = [TranslationPlugin.self]

  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    for task in tasks { try task.register(in: &catalog) }
  }
}
