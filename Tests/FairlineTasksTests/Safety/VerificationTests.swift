import FairlineTesting
import Foundation
import Testing

/// Every program that opens data compares them with their checksums, unless told not to.
@Suite struct VerificationTests {
  private func commands(_ data: TinyData) -> [[String]] {
    let model = data.path("model/checkpoint_last.safetensors")
    return [
      ["fairline-train"] + data.arguments("other", ["--max-update", "1"]),
      [
        "fairline-generate", data.bin, "--path", model, "--gen-subset", "train", "--max-len-b", "4",
      ],
      ["fairline-shortlist", data.bin, "--to", data.path("list.safetensors")],
    ]
  }

  @Test func damageIsFoundUnlessItIsLeftOut() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let file = URL(fileURLWithPath: data.bin + "/train.en-de.en.bin")
      var bytes = try Data(contentsOf: file)
      // Another word that the dictionary has.
      let place = try #require(bytes.indices.first { bytes[$0] != bytes[0] && bytes[$0] > 3 })
      bytes[0] = bytes[place]
      try bytes.write(to: file)
      for command in commands(data) {
        let run = try Programs.run(command[0], Array(command.dropFirst()))
        #expect(run.code == 1 && run.errors.contains("is damaged or was changed"), "\(run.errors)")
        let unverified = try Programs.run(command[0], command.dropFirst() + ["--no-verify"])
        #expect(unverified.code == 0, "\(command[0]): \(unverified.errors)")
      }
    }
  }

  @Test func foldersWithoutRecordsAreToldOnce() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      for name in try FileManager.default.contentsOfDirectory(atPath: data.bin)
      where name.hasSuffix(".json") {
        try FileManager.default.removeItem(atPath: data.bin + "/" + name)
      }
      for command in commands(data) {
        let run = try Programs.run(command[0], Array(command.dropFirst()))
        #expect(run.code == 0, "\(run.errors)")
        let notes = run.errors.components(separatedBy: "has no checksums").count - 1
        #expect(notes == 1, "\(command[0]): \(run.errors)")
        let silent = try Programs.run(command[0], command.dropFirst() + ["--no-verify"])
        #expect(!silent.errors.contains("has no checksums"), "\(silent.errors)")
      }
    }
  }
}
