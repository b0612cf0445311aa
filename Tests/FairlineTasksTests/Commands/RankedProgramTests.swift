import Fairline
import FairlineTesting
import Foundation
import Testing

/// Programs other than the one that trains, on several ranks of Open MPI.
@Suite(.serialized, .enabled(if: MPIRun.file != nil)) struct RankedProgramTests {
  private func run(
    _ ranks: Int, _ program: String, _ arguments: [String]
  ) throws -> (code: Int32, output: String, lines: [String]) {
    let mpirun = try #require(MPIRun.file)
    let result = try Programs.run(
      mpirun, MPIRun.flags + ["-n", "\(ranks)", Programs.url(program).path] + arguments)
    let lines = result.errors.split(separator: "\n").map(String.init)
    return (result.code, result.output, lines.filter { $0.hasPrefix("\(program): ") })
  }

  /// Sampling, attention and order included: what ranks hand to the first one has all bits.
  @Test func ranksGenerateWhatOneGenerates() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "6"]) == 0)
      let common = [
        data.bin, "--path", data.path("model/checkpoint_last.safetensors"), "--gen-subset", "train",
        "--max-tokens", "60", "--threads", "1",
      ]
      for more in [
        ["--beam", "3", "--nbest", "2", "--print-alignment"],
        ["--beam", "2", "--nbest", "2", "--sampling", "--keep-order"], ["--beam", "2", "--plain"],
      ] {
        let alone = try Programs.run("fairline-generate", common + more)
        #expect(alone.code == 0 && alone.output.utf8.count > 1000, "\(alone.errors)")
        for ranks in [2, 3] {
          let together = try run(ranks, "fairline-generate", common + more)
          #expect(together.code == 0, "\(together.lines)")
          #expect(together.output == alone.output, "\(more), \(ranks) ranks")
        }
      }
      let missing = try run(2, "fairline-generate", common.map { $0 == "train" ? "none" : $0 })
      #expect(missing.code != 0 && missing.lines.count == 1, "\(missing.lines)")
    }
  }

  @Test func programsThatRunAloneSaySo() throws {
    for program in ["fairline-score", "fairline-average", "fairline-validate"] {
      let result = try run(2, program, [])
      #expect(result.code == 2)
      #expect(result.lines.count == 1, "\(result.lines)")
      let sentence = try #require(result.lines.first)
      #expect(sentence.contains("runs as one process, and this is one of 2 ranks"), "\(sentence)")
    }
  }
}
