public import Fairline

/// The tasks that Fairline brings.
public enum StandardTasks: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    try TranslationPlugin.register(in: &catalog)
    try LanguageModelingPlugin.register(in: &catalog)
  }
}
