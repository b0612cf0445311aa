import Foundation
import Testing

/// Modules use each other in one direction, the one that the manifest draws.
struct ArrowTests {
  private let manifest: PackageManifest

  init() throws {
    manifest = try .own()
    try #require(manifest.modules.count >= 8, "the manifest's modules are not recognised")
  }

  private var names: Set<String> { Set(manifest.modules.map(\.name)) }

  /// A module stands behind those that it needs, so that there is no way back.
  @Test func theManifestDrawsNoCircle() {
    for (place, module) in manifest.modules.enumerated() {
      let before = Set(manifest.modules.prefix(place).map(\.name))
      for need in module.needs where names.contains(need) {
        #expect(before.contains(need), "\(module.name) needs \(need), which comes later")
      }
    }
  }

  @Test func filesImportWhatTheirModuleMayUse() throws {
    for module in manifest.modules {
      let files = try manifest.files(in: module.folder)
      #expect(!files.isEmpty, "\(module.folder) has no files")
      for file in files {
        let others = try PackageManifest.imports(of: file).intersection(names)
        let wrong = others.subtracting(module.needs)
        #expect(wrong.isEmpty, "\(file.lastPathComponent) of \(module.name) imports \(wrong)")
      }
    }
  }

  /// An arrow that no file uses is none.
  @Test func everyArrowOfTheManifestIsUsed() throws {
    for module in manifest.modules {
      let used = try manifest.files(in: module.folder).reduce(into: Set<String>()) {
        $0.formUnion(try PackageManifest.imports(of: $1))
      }
      let unused = Set(module.needs).subtracting(used)
      #expect(unused.isEmpty, "no file of \(module.name) imports \(unused)")
    }
  }

  /// The core knows no family of models, no task and no program.
  @Test func theCoreKnowsNoFamily() throws {
    let core = try #require(manifest.modules.first { $0.name == "Fairline" })
    let others = ["FairlineModels", "FairlineTasks", "FairlineNodeTransformer", "FairlinePrograms"]
    #expect(Set(others).isSubset(of: names))
    #expect(Set(core.needs).isDisjoint(with: others))
  }

  /// The page *Architecture* names every module, and files that are there.
  @Test func theArchitecturePageIsTrue() throws {
    let sources = manifest.root.appendingPathComponent("Sources")
    let page = try String(
      contentsOf: sources.appendingPathComponent("Fairline/Documentation.docc/Architecture.md"),
      encoding: .utf8)
    for module in manifest.modules where module.name != "FairlineTesting" {
      #expect(page.contains("`\(module.name)`"), "\(module.name)")
    }
    let files = page.matches(of: /`([A-Za-z.]+(?:\/[A-Za-z]+)+\.swift)`/).map { String($0.1) }
    #expect(files.count >= 15)
    for file in files {
      let path = sources.appendingPathComponent(file).path
      #expect(FileManager.default.fileExists(atPath: path), "\(file)")
    }
  }

  @Test func importsAreRead() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).swift")
    defer { try? FileManager.default.removeItem(at: file) }
    let text = """
      import A
      public import B
      @testable import C
      package import struct D.Part
      // import E
      let text = " import F"
      """
    try text.write(to: file, atomically: true, encoding: .utf8)
    #expect(try PackageManifest.imports(of: file) == ["A", "B", "C", "D"])
  }
}
