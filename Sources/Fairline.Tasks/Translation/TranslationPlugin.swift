import Fairline

/// Translation as an entry of the catalogue.
enum TranslationPlugin: Plugin {
  static func register(in catalog: inout Catalog) throws {
    try catalog.tasks.add(
      "translation", "translation from preprocessed parallel text",
      build: { try TranslationTask($0, $1) })
  }
}
