import Fairline
import FairlineData
import FairlineModels
import FairlinePrograms
import FairlineTesting
import Foundation
import Testing

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
  /// A list of symbols; an issue where this is none.
  var symbols: [Int32] { list { $0.integerValue.map(Int32.init) } }
  /// A list of numbers; an issue where this is none.
  var numbers: [Double] { list(\.doubleValue) }
  /// A list of texts; an issue where this is none.
  var texts: [String] { list(\.stringValue) }

  private func list<Element>(_ element: (JSONValue) -> Element?) -> [Element] {
    let elements = arrayValue?.map(element)
    guard let elements, !elements.contains(where: { $0 == nil }) else {
      Issue.record("\(compactText.prefix(200)) is no list of \(Element.self)")
      return []
    }
    return elements.compactMap(\.self)
  }
}

/// Members that have to be there.
extension JSONValue? {
  /// A list of symbols; an issue where there is none.
  var symbols: [Int32] { required.symbols }
  /// A list of numbers; an issue where there is none.
  var numbers: [Double] { required.numbers }
  /// A list of texts; an issue where there is none.
  var texts: [String] { required.texts }

  private var required: JSONValue { self ?? .null }
}
