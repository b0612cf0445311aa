import FairlineTesting
import Foundation
import Testing

/// A file of golden values of solvers: any JSON file of the folders `ode`, told from others by what
/// its cases contain.
struct FixtureFile: Sendable, CustomTestStringConvertible, CustomStringConvertible {
  let url: URL
  /// What was read; nil where the file is no JSON.
  let document: JSON?

  /// What a case is about.
  enum Kind: CaseIterable {
    case solution, gradient, event, failure, tuple, batch, tableau

    /// The kind of a case, by the members that only its kind has.
    init?(_ json: JSON) {
      let members: [(String, Kind)] = [
        ("grads", .gradient), ("events", .event), ("outcome", .failure), ("problems", .tuple),
        ("separate", .batch),
      ]
      let known = members.filter { json[$0.0] != nil }.map(\.1)
      if known.count == 1 {
        self = known[0]
      } else if known.isEmpty, json["y"] != nil {
        self = .solution
      } else {
        return nil
      }
    }
  }

  init(_ url: URL) {
    self.url = url
    let data = try? Data(contentsOf: url)
    document = data.flatMap { try? JSONSerialization.jsonObject(with: $0) }.map(JSON.init)
  }

  static let folders = FixtureFolder.all("ode")
  static let all = folders.flatMap { $0.files(withExtension: "json") }.map(FixtureFile.init)

  /// The files of a kind.
  static func of(_ kind: Kind) -> [FixtureFile] { all.filter { $0.kind == kind } }

  /// The cases; an issue where there are none.
  var cases: [JSON] {
    guard let document else {
      Issue.record("\(url.path) is no JSON")
      return []
    }
    return document.list("cases")
  }

  /// What all cases are about; nil where they differ or one is of no known kind.
  var kind: Kind? {
    guard let document else { return nil }
    guard document["cases"] != nil else {
      let tables = document.keys.compactMap { document[$0] }
      let isKnown = tables.allSatisfy { $0["order"] != nil || $0["bashforth"] != nil }
      return isKnown && !tables.isEmpty ? .tableau : nil
    }
    let kinds = Set(cases.map(Kind.init))
    return kinds.count == 1 ? kinds.first ?? nil : nil
  }

  var description: String { url.deletingPathExtension().lastPathComponent }
  var testDescription: String { description }
}

/// Tests of fixture files, in the numbers that each case names.
protocol FixtureSuite {
  func check<T: Number>(_ json: JSON, _ type: T.Type, _ tally: inout Tally) throws
}

extension FixtureSuite {
  /// Checks every case of a file.
  func check(_ file: FixtureFile) throws {
    var tally = Tally()
    for json in file.cases {
      tally.begin()
      if json["dtype"]?.string == "float32" {
        try check(json, Float.self, &tally)
      } else {
        try check(json, Double.self, &tally)
      }
    }
    tally.report(file)
  }
}
