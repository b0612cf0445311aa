import Fairline
import FairlineData
import FairlineGeneration
import FairlineInterop
import FairlineModels
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// What programs know of models.
func importingCatalog() throws -> Catalog {
  try Catalog([
    StandardTraining.self, StandardTasks.self, StandardSearch.self, StandardTokenizers.self,
    StandardModels.self, StandardImporters.self,
  ])
}

/// The sentence of an error; empty when there is none.
func refusal(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch { return "\(error)" }
}

/// Rows of whole numbers.
func sequences(_ value: JSONValue?) throws -> [[Int32]] {
  try #require(value?.arrayValue).map { row in
    try #require(row.arrayValue).map { Int32(try #require($0.integerValue)) }
  }
}

/// The numbers of a list.
func numbers(_ value: JSONValue?) throws -> [Float] {
  try #require(value?.arrayValue).map { Float(try #require($0.doubleValue)) }
}

/// The texts of a list.
func texts(_ value: JSONValue?) throws -> [String] {
  try #require(value?.arrayValue).map { try #require($0.stringValue) }
}

/// Some rows of a list of numbers. `[row, column]`
func rows(_ list: [Float], _ range: Range<Int>, columns: Int) -> [Float] {
  Array(list[(range.lowerBound * columns)..<(range.upperBound * columns)])
}

/// Copies files into a folder.
func copy(_ names: [String], from source: URL, to target: URL) throws {
  for name in names
  where !FileManager.default.fileExists(
    atPath: target.appendingPathComponent(name).path)
  {
    try FileManager.default.copyItem(
      at: source.appendingPathComponent(name), to: target.appendingPathComponent(name))
  }
}
