import Fairline
import FairlineData
import FairlineModels
import FairlinePrograms
import FairlineTesting
import Foundation

/// The small models of the fixtures.
enum FixtureModels {
  static let folders = FixtureFolder.all("fairseq/models").flatMap(\.folders)

  static func model(in folder: URL) throws -> any Model {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    return try ModelFile.load(
      folder.appending(path: "model.safetensors").path, importers: catalog.importers
    )
    .makeModel(catalog)
  }

  static func json(_ file: URL) throws -> JSONValue { try FixtureFolder.json(file) }
}

extension JSONValue {
  /// A list of symbols.
  var symbols: [Int32] { (arrayValue ?? []).compactMap { $0.integerValue.map(Int32.init) } }
  /// A list of numbers.
  var numbers: [Double] { (arrayValue ?? []).compactMap(\.doubleValue) }
}
