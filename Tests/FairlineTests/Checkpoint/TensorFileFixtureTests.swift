import Fairline
import FairlineTesting
import Foundation
import Testing

private let fixtures = FixtureFolder("")

@Suite(
  .enabled(
    if: !fixtures.paths(endingIn: ".safetensors").isEmpty,
    "no .safetensors files among the fixtures"))
struct TensorFileFixtureTests {
  @Test(arguments: fixtures.paths(endingIn: ".safetensors"))
  func readsFilesOfTheOriginalWriter(_ path: String) throws {
    let file = try TensorFile(path: fixtures.url.appendingPathComponent(path).path)
    #expect(!file.names.isEmpty)
    for entry in file.entries {
      let floats = try file.floats(entry.name)
      #expect(floats.count == entry.count)
      #expect(floats.allSatisfy { !$0.isNaN }, "\(entry.name)")
    }
  }
}
