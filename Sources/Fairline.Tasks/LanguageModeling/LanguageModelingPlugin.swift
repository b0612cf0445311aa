import Fairline

/// Language modelling as an entry of the catalogue.
enum LanguageModelingPlugin: Plugin {
  static func register(in catalog: inout Catalog) throws {
    try catalog.tasks.add(
      "language_modeling", "predicting text from the text before it",
      build: { try LanguageModelingTask($0, $1) })
  }
}
