import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Testing

/// Convolutions of fairseq's first files stand for the same weights in today's form.
@Suite struct OldConvolutionTests {
  /// Tensors in memory.
  private struct Tensors: TensorSource {
    var tensors: [String: ([Int], [Float])]
    let path = "memory"
    var names: [String] { tensors.keys.sorted() }
    func shape(of name: String) -> [Int]? { tensors[name]?.0 }
    func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
      _ = output.update(from: try #require(tensors[name]?.1))
    }
  }

  private let v = (0..<24).map { Float($0 % 7) - 2.5 }  // [3, 2, 4]

  @Test func oldLengthsAreConverted() throws {
    let g: [Float] = [0.5, 2, 3]
    let name = "decoder.convolutions.0"
    let tensors = OldConvolutions.converted(
      Tensors(tensors: [
        "\(name).weight_g": ([3, 1, 1], g), "\(name).weight_v": ([3, 2, 4], v),
        "\(name).bias": ([4], [1, 2, 3, 4]), "decoder.version": ([1], [1]),
      ]))
    #expect(tensors.shape(of: "\(name).weight_g") == [1, 1, 4])
    #expect(tensors.shape(of: "\(name).weight_v") == [3, 2, 4])
    #expect(try tensors.floats("\(name).bias") == [1, 2, 3, 4])
    // What the old form stands for: each neighbour's directions have its length.
    let expected = v.indices.map { place -> Float in
      let block = v[(place / 8 * 8)..<(place / 8 * 8 + 8)]
      return g[place / 8] * v[place] / block.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let (directions, lengths) = (
      try tensors.floats("\(name).weight_v"), try tensors.floats("\(name).weight_g")
    )
    let found = directions.indices.map { place -> Float in
      let column = stride(from: place % 4, to: 24, by: 4).map { directions[$0] }
      return lengths[place % 4] * directions[place]
        / column.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    #expect(mismatch(found, expected, absolute: 1e-6) == nil)
  }

  @Test func todaysFormStays() throws {
    let tensors = Tensors(tensors: [
      "decoder.convolutions.0.weight_g": ([1, 1, 4], [1, 2, 3, 4]),
      "decoder.convolutions.0.weight_v": ([3, 2, 4], v),
      "decoder.fc2.weight_g": ([3, 1], [1, 2, 3]), "decoder.fc2.weight_v": ([3, 8], v),
    ])
    #expect(OldConvolutions.converted(tensors) is Tensors)
  }
}
