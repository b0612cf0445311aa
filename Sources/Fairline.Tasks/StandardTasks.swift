public import Fairline

/// The tasks that Fairline brings.
public enum StandardTasks: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    try catalog.tasks.add(
      "translation", "translation from preprocessed parallel text",
      build: { try TranslationTask($0, $1) })
  }
}
