import Fairline
import Foundation

/// The folder of a study: its plan, a file for each finished row, the reports.
package struct ResultFolder {
  /// Where it lies.
  package let path: String

  /// Takes a folder, which need not exist.
  package init(_ path: String) { self.path = path }

  /// The plan that the folder's results belong to; nil when there is none yet.
  package func plan() throws -> StudyPlan? {
    guard let json = try json("study.json") else { return nil }
    return try? json.decoded(over: StudyPlan())
  }

  /// Makes the folder, and notes the plan or checks that it is the folder's.
  ///
  /// - Throws: ``UserError`` when the folder belongs to another plan or cannot be written.
  package func prepare(for plan: StudyPlan) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: join("rows"), withIntermediateDirectories: true)
    } catch {
      throw UserError("--out \(path) cannot be made: choose a folder that can be written")
    }
    if let earlier = try self.plan(), let difference = plan.difference(from: earlier) {
      throw UserError(
        "\(path) holds another study (\(difference)): choose another --out, or remove it")
    }
    try write(try JSONValue(encoding: plan).prettyText + "\n", as: "study.json")
  }

  /// A finished row; nil when it is not finished.
  package func result(_ name: String, seed: Int) throws -> RowResult? {
    let file = "rows/\(key(name, seed)).json"
    guard let json = try json(file) else { return nil }
    guard let result = try? json.decoded(as: RowResult.self) else {
      throw UserError("\(join(file)) is damaged: remove it, and the row is trained again")
    }
    return result
  }

  /// Saves a finished row and removes the checkpoints of its training.
  func save(_ result: RowResult) throws {
    let text = try JSONValue(encoding: result).compactText + "\n"
    try write(text, as: "rows/\(key(result.name, result.seed)).json")
    let folder = trainingFolder(result.name, seed: result.seed)
    for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where file.hasPrefix("checkpoint") {
      try? FileManager.default.removeItem(atPath: folder + "/" + file)
    }
  }

  /// The folder of a row's checkpoint and model.
  func trainingFolder(_ name: String, seed: Int) -> String { join("rows/\(key(name, seed))") }

  /// Writes a text file, complete or not at all.
  ///
  /// - Throws: when it cannot be written.
  package func write(_ text: String, as name: String) throws {
    let folder = (join(name) as NSString).deletingLastPathComponent
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: join(name)), options: .atomic)
  }

  /// The path of a file of the folder.
  package func join(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  private func key(_ name: String, _ seed: Int) -> String { "\(name)-seed\(seed)" }

  private func json(_ name: String) throws -> JSONValue? {
    guard let bytes = FileManager.default.contents(atPath: join(name)) else { return nil }
    guard let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)) else {
      throw UserError("\(join(name)) is damaged: remove it, and the row is trained again")
    }
    return json
  }
}
