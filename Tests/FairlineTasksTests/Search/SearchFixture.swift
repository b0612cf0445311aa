import Fairline
import FairlineTesting
import Foundation
import Testing

/// Small models, data and searches of fairseq's programs, made ready for Fairline's programs.
struct SearchFixture {
  let source: FixtureFolder
  /// Holds models and data.
  let folder: URL

  /// Prepares the models and data of a folder of golden values in an empty folder.
  init(_ source: FixtureFolder, in folder: URL) throws {
    self.source = source
    self.folder = folder
    let files = FileManager.default
    for model in ["mt0", "mt1", "lm"] {
      let own = folder.appendingPathComponent(model)
      try files.createDirectory(at: own, withIntermediateDirectories: true)
      try copy("\(model)/model.safetensors", "\(model)/model.safetensors")
      try copy("data/dict.txt", "\(model)/dict.txt")
      let options = try #require(try source.json("\(model)/config.json")["fairseq"]?["model"])
      guard case .object(let members) = options else { throw UserError("no settings") }
      var known = JSONObject()
      for (name, value) in members where value != .null && !name.hasSuffix("_lang") {
        known[name] = value
      }
      if known["arch"] == nil, let name = known["_name"] {
        (known["arch"], known["task"]) = (name, "language_modeling")
      }
      try Data(JSONValue.object(known).compactText.utf8)
        .write(to: own.appendingPathComponent("config.json"))
    }
    try files.createDirectory(at: url("raw"), withIntermediateDirectories: true)
    for language in ["de", "en"] {
      try copy("data/dict.txt", "raw/dict.\(language).txt")
      try copy("data/test.\(language)", "raw/test.de-en.\(language)")
    }
    let data = source.url.appendingPathComponent("data")
    let made = try Programs.run(
      "fairline-preprocess",
      [
        "--source-lang", "de", "--target-lang", "en", "--joined-dictionary", "--srcdict",
        data.appendingPathComponent("dict.txt").path, "--testpref",
        data.appendingPathComponent("test").path, "--destdir", url("bin").path,
      ])
    try #require(made.code == 0, "\(made.errors)")
  }

  private func copy(_ path: String, _ target: String) throws {
    try FileManager.default.copyItem(
      at: source.url.appendingPathComponent(path), to: url(target))
  }

  private func url(_ path: String) -> URL { folder.appendingPathComponent(path) }

  /// The searches of one file.
  func cases(_ name: String) throws -> [JSONValue] {
    try #require(try source.json(name)["cases"]?.arrayValue)
  }

  /// Flags that say how fairseq runs, not what it computes.
  private static let dropped: [String: Int] = [
    "--cpu": 1, "--task": 2, "--num-workers": 2, "--log-format": 2, "--dataset-impl": 2,
    "--input": 2,
  ]

  /// The arguments of a case, in terms of what stands in the folder.
  func arguments(_ one: JSONValue) throws -> [String] {
    let all = try #require(one["args"]?.arrayValue).compactMap(\.stringValue)
    var result: [String] = []
    var place = 0
    while place < all.count {
      if let count = Self.dropped[all[place]] {
        place += count
        continue
      }
      result.append(translated(all[place]))
      place += 1
    }
    return result
  }

  private func translated(_ argument: String) -> String {
    switch argument {
    case "DATA": return url("bin").path
    case "DATA_RAW": return url("raw").path
    case let path where path.hasSuffix(".pt"):
      return path.split(separator: ":").map { url("\($0.dropLast(3))/model.safetensors").path }
        .joined(separator: ":")
    case let path where path.hasPrefix("data/"):
      return source.url.appendingPathComponent(path).path
    default: return argument
    }
  }

  /// The lines that a case's program prints, without those of times.
  func run(_ one: JSONValue) throws -> (code: Int32, lines: [String], errors: String) {
    let program = try #require(one["program"]?.stringValue)
      .replacingOccurrences(of: "fairseq", with: "fairline")
    let input = try program == "fairline-interactive" ? one["input"].texts() : []
    let run = try Programs.run(
      program, try arguments(one), input: input.map { $0 + "\n" }.joined())
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init).filter { !$0.hasPrefix("W-") }
    return (run.code, lines.last == "" ? lines.dropLast() : lines, run.errors)
  }
}

/// Lines of translating programs, compared as far as their digits count.
enum OutputComparison {
  /// What is different; nil for lines that say the same.
  static func difference(_ observed: [String], _ expected: [String]) -> String? {
    guard observed.count == expected.count else {
      return "\(observed.count) lines instead of \(expected.count): \(observed.prefix(12))"
    }
    for (left, right) in zip(observed, expected) where !same(left, right) {
      return "'\(left)' instead of '\(right)'"
    }
    return nil
  }

  private static func same(_ left: String, _ right: String) -> Bool {
    if left == right { return true }
    let (a, b) = (fields(left), fields(right))
    guard a.count == b.count, a.count >= 2, a[0] == b[0] else { return false }
    switch a[0].prefix(2) {
    case "H-", "D-":
      guard a.count == 3, let score = Double(a[1]), let other = Double(b[1]) else { return false }
      return a[2] == b[2] && abs(score - other) < 1e-4
    case "P-": return close(a[1].split(separator: " "), b[1].split(separator: " "), 1.01e-4)
    case "A-":
      guard a[1].contains(".") else { return false }
      let (x, y) = (a[1].split(separator: " "), b[1].split(separator: " "))
      return x.count == y.count
        && zip(x, y).allSatisfy {
          close($0.split(separator: ","), $1.split(separator: ","), 1.01e-5)
        }
    default: return false
    }
  }

  private static func fields(_ line: String) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }

  private static func close(
    _ left: [Substring], _ right: [Substring], _ tolerance: Double
  ) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy {
        abs((Double($0) ?? .nan) - (Double($1) ?? .nan)) < tolerance
      }
  }
}
