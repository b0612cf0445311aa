import Fairline
import FairlineTesting
import Foundation
import Testing

@Suite struct TensorFileFixtureTests {
  /// All files of the format, of models that this package does not build too.
  static let files = FixtureFolder.roots().flatMap { root in
    root.paths.filter { $0.hasSuffix(".safetensors") }.map { root.url.appendingPathComponent($0) }
  }

  @Test func thereAreFiles() { #expect(!Self.files.isEmpty) }

  @Test(arguments: files) func readsFilesOfTheOriginalWriter(_ url: URL) throws {
    let file = try TensorFile(path: url.path)
    #expect(!file.names.isEmpty)
    for entry in file.entries {
      let floats = try file.floats(entry.name)
      #expect(floats.count == entry.count)
      #expect(floats.allSatisfy { !$0.isNaN }, "\(entry.name)")
    }
  }
}
