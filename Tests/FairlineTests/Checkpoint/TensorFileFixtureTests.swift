import Fairline
import Foundation
import Testing

@Suite(
  .enabled(if: !Fixtures.files(".safetensors").isEmpty, "no .safetensors files among the fixtures"))
struct TensorFileFixtureTests {
  @Test(arguments: Fixtures.files(".safetensors"))
  func readsFilesOfTheOriginalWriter(_ path: String) throws {
    let file = try TensorFile(path: Fixtures.root.appendingPathComponent(path).path)
    #expect(!file.names.isEmpty)
    for entry in file.entries {
      let floats = try file.floats(entry.name)
      #expect(floats.count == entry.count)
      #expect(floats.allSatisfy { !$0.isNaN }, "\(entry.name)")
    }
  }
}
