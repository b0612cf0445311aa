import Fairline
import FairlineTensor
import FairlineTesting
import Testing

@Suite struct NameMapTests {
  static let map: NameMap = [
    .ignore("version"),
    .ignore("**.version"),
    .split("**.qkv.weight", into: ["**.q.weight", "**.k.weight", "**.v.weight"]),
    .rename("encoder.layers.*.norms.0.*", to: "encoder.layers.*.first_norm.*"),
    .rename("model.**", to: "**"),
  ]

  @Test(arguments: [
    ("version", []), ("encoder.version", []), ("version.a", ["version.a"]),
    ("a.b.qkv.weight", ["a.b.q.weight", "a.b.k.weight", "a.b.v.weight"]),
    ("qkv.weight", ["qkv.weight"]),
    ("encoder.layers.11.norms.0.bias", ["encoder.layers.11.first_norm.bias"]),
    ("encoder.layers.1.x.norms.0.bias", ["encoder.layers.1.x.norms.0.bias"]),
    ("encoder.layers..norms.0.bias", ["encoder.layers..norms.0.bias"]),
    ("encoder.layers.1.norms.0.a.b", ["encoder.layers.1.norms.0.a.b"]),
    ("model.encoder.w", ["encoder.w"]), ("model.", ["model."]), ("", [""]), ("ä.version", []),
  ])
  func namesAreMapped(_ tensor: String, _ parameters: [String]) {
    #expect(Self.map.parameters(in: tensor) == parameters)
  }

  /// Tensors in memory.
  struct Tensors: TensorSource {
    var tensors: [String: ([Int], [Float])]
    let path = "memory"
    var names: [String] { tensors.keys.sorted() }
    func shape(of name: String) -> [Int]? { tensors[name]?.0 }
    func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
      _ = output.update(from: try #require(tensors[name]).1)
    }
  }

  @Test func tensorsAreTakenApart() throws {
    let tensors = try Self.map.applied(
      to: Tensors(tensors: [
        "a.qkv.weight": ([6, 2], (0..<12).map(Float.init)), "a.version": ([1], [3]),
        "model.b": ([1], [7]),
      ]))
    #expect(tensors.names.sorted() == ["a.k.weight", "a.q.weight", "a.v.weight", "b"])
    #expect(tensors.shape(of: "a.k.weight") == [2, 2])
    #expect(try tensors.floats("a.k.weight") == [4, 5, 6, 7])
    #expect(try tensors.floats("b") == [7])
    #expect(message { _ = try tensors.floats("a.qkv.weight") }.contains("no tensor"))
    let odd = try Self.map.applied(to: Tensors(tensors: ["a.qkv.weight": ([4, 2], [0])]))
    #expect(odd.shape(of: "a.k.weight") == nil)
  }

  @Test func twoTensorsForOneParameterAreRefused() {
    let twice = Tensors(tensors: ["model.b": ([1], [7]), "b": ([1], [7])])
    #expect(message { _ = try Self.map.applied(to: twice) }.contains("holds 'b' twice"))
  }
}
