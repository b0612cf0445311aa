import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct CheckpointAverageTests {
  private func write(_ path: String, _ a: [Float], _ b: [Float], _ c: [Int64]) throws {
    let writer = try TensorFileWriter(
      path: path,
      tensors: [
        TensorDeclaration("a", [1]), TensorDeclaration("b", [2, 3]),
        TensorDeclaration("c", [3], .int64), TensorDeclaration("optimizer.m/a", [1]),
      ])
    try writer.write("a", a)
    try writer.write("b", b)
    try c.withUnsafeBytes { try writer.write("c", $0) }
    try writer.write("optimizer.m/a", [9])
    try writer.finish()
  }

  @Test func meansAreTheReferences() throws {
    try withTemporaryFolder { folder in
      let paths = ["x", "y", "mean"].map { folder.appendingPathComponent("\($0).safetensors").path }
      try write(paths[0], [100], [1, 2, 3, 4, 5, 6], [7, 8, 9])
      try write(paths[1], [1], [1, 1, 1, 1, 1, 1], [2, 2, 2])
      try CheckpointAverage.write(Array(paths.prefix(2)), to: paths[2])
      let mean = try TensorFile(path: paths[2])
      #expect(try mean.floats("a") == [50.5])
      #expect(try mean.floats("b") == [1, 1.5, 2, 2.5, 3, 3.5])
      #expect(try mean.integers("c") == [4, 5, 5])
      #expect(mean["optimizer.m/a"] == nil)
      try write(paths[1], [1], [1, 1, 1, 1, 1, 1], [-3, 2, 2])
      try CheckpointAverage.write([paths[1], paths[1], paths[0]], to: paths[2])
      #expect(try TensorFile(path: paths[2]).integers("c") == [0, 4, 4])
    }
  }

  @Test func filesOfTwoTrainingsAreRefused() throws {
    try withTemporaryFolder { folder in
      let paths = ["x", "y"].map { folder.appendingPathComponent("\($0).safetensors").path }
      try TensorFile.write([("a", [2], [1, 2])], to: paths[0])
      try TensorFile.write([("a", [2], [1, 2]), ("b", [1], [3])], to: paths[1])
      #expect(message { try CheckpointAverage.write(paths, to: paths[0]) }.contains("'b'"))
      #expect(try TensorFile(path: paths[0]).floats("a") == [1, 2])
    }
  }

  @Test func theLatestOrBestAreChosen() throws {
    try withTemporaryFolder { folder in
      for name in ["1", "2", "11", "_1_5", "_2_40", ".best_bleu_3.500", ".best_bleu_20.000"] {
        let path = folder.appendingPathComponent("checkpoint\(name).safetensors").path
        try TensorFile.write([("a", [1], [1])], to: path)
      }
      let checkpoints = CheckpointFolder(folder.path)
      func chosen(
        _ selection: CheckpointFolder.Selection, _ bound: Int? = nil, maximizes: Bool = false
      ) throws -> [String] {
        try checkpoints.paths(selection, upperBound: bound, maximizes: maximizes).map {
          let name = ($0 as NSString).lastPathComponent
          return String(name.dropFirst("checkpoint".count).dropLast(".safetensors".count))
        }
      }
      #expect(try chosen(.epochs(2)) == ["11", "2"])
      #expect(try chosen(.epochs(2), 2) == ["2", "1"])
      #expect(try chosen(.updates(1)) == ["_2_40"])
      #expect(try chosen(.best(1)) == [".best_bleu_3.500"])
      #expect(try chosen(.best(1), maximizes: true) == [".best_bleu_20.000"])
      #expect(message { _ = try checkpoints.paths(.epochs(4)) }.contains("4 are asked for"))
    }
  }
}
