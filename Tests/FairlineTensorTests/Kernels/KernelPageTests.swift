import FairlineTesting
import Foundation
import Testing

/// The page about kernels shows a kernel of the engine that is there, after one of a plug-in.
@Suite struct KernelPageTests {
  @Test func thePageShowsTheEnginesCode() throws {
    let sources = FixtureFolder.package().appendingPathComponent("Sources")
    func text(_ path: String) throws -> String {
      try String(contentsOf: sources.appendingPathComponent(path), encoding: .utf8)
    }
    let page = try text("Fairline.Tensor/Documentation.docc/AddingAKernel.md")
    let blocks = page.components(separatedBy: "```c\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }
    try #require(blocks.count == 4)
    #expect(try text("CFairlineKernels/simd/layers/embedding.h") == blocks[2])
    #expect(try text("CFairlineKernels/kernel_list.h").contains(blocks[3]))
  }
}
