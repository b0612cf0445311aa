import Fairline
import FairlineTesting
import Foundation
import Testing

@Suite struct TensorFileTests {
  let scratch: Scratch
  let values: [Float] = [1, -2.5, 3e-30, .infinity, 0.1, 6]

  init() throws { scratch = try Scratch() }

  func sample(_ name: String = "a.safetensors") throws -> String {
    let path = scratch.path(name)
    try TensorFile.write(
      [("w", [2, 3], values), ("empty", [0, 4], []), ("one", [], [7])],
      metadata: ["settings": "{\"a\": 1}", "Ünïcode": "\u{1F600}\n"], to: path)
    return path
  }

  @Test(arguments: ["a.safetensors", "a.safetensors.zst"])
  func writesAndReads(_ name: String) throws {
    let file = try TensorFile(path: sample(name))
    #expect(file.names == ["w", "empty", "one"])
    #expect(file["w"]?.shape == [2, 3])
    #expect(try file.floats("w") == values)
    #expect(try file.floats("empty") == [])
    #expect(try file.floats("one") == [7])
    #expect(file.metadata == ["settings": "{\"a\": 1}", "Ünïcode": "\u{1F600}\n"])
    try file.verify()
    #expect(try scratch.names == [name])
  }

  @Test func dataIsAlignedAndDenselyLaid() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: sample()))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length % 8 == 0)
    #expect(bytes.count == 8 + length + 7 * 4)
  }

  @Test func convertsEveryType() throws {
    let path = scratch.path("types.safetensors")
    let writer = try TensorFileWriter(
      path: path, tensors: TensorElement.allCases.map { TensorDeclaration($0.rawValue, [2], $0) })
    func put<Value>(_ element: TensorElement, _ values: [Value]) throws {
      try values.withUnsafeBytes { try writer.write(element.rawValue, $0) }
    }
    try put(.uint64, [1, UInt64.max])
    try put(.int64, [-3, Int64(1) << 40])
    try put(.float64, [0.5, 1e300])
    try put(.int32, [Int32.min, 5])
    try put(.uint32, [UInt32.max, 5])
    try put(.float32, [Float(1.5), -0])
    try put(.uint16, [UInt16.max, 1])
    try put(.int16, [Int16.min, 1])
    try put(.float16, [Float16(0.333), -2])
    try put(.bfloat16, [UInt16(0x3F80), 0xC000])
    try put(.uint8, [UInt8(255), 0])
    try put(.int8, [Int8(-128), 1])
    try put(.bool, [UInt8(1), 0])
    try writer.finish()
    let file = try TensorFile(path: path)
    let expected: [String: [Float]] = [
      "U64": [1, 1.8446744e19], "I64": [-3, 1.0995116e12], "F64": [0.5, .infinity],
      "I32": [-2_147_483_648, 5], "U32": [4_294_967_296, 5], "F32": [1.5, 0],
      "U16": [65535, 1], "I16": [-32768, 1], "F16": [Float(Float16(0.333)), -2], "BF16": [1, -2],
      "U8": [255, 0], "I8": [-128, 1], "BOOL": [1, 0],
    ]
    for (name, floats) in expected { #expect(try file.floats(name) == floats, "\(name)") }
    #expect(try file.integers("I64") == [-3, 1 << 40])
    #expect(try file.integers("U8") == [255, 0])
    #expect(throws: TensorFileError.self) { try file.integers("U64") }
    #expect(throws: TensorFileError.self) { try file.integers("F32") }
  }

  @Test func namesWhatIsMissingOrOfAnotherSize() throws {
    let path = try sample()
    let file = try TensorFile(path: path)
    #expect(throws: TensorFileError.missing(path: path, tensor: "emty", nearest: "empty")) {
      try file.floats("emty")
    }
    var small: [Float] = [0]
    let text = message { try small.withUnsafeMutableBufferPointer { try file.read("w", into: $0) } }
    #expect(text == "\(path): tensor 'w' has shape [2, 3] where 1 elements are expected")
    try small.withUnsafeMutableBufferPointer { try file.read("one", into: $0) }
    #expect(small == [7])
  }

  @Test func hashesAsPublished() {
    #expect(XXH64.text(XXH64.hash("")) == "ef46db3751d8e999")
    #expect(XXH64.text(XXH64.hash("a")) == "d24ec4f1a98c6e5b")
    #expect(XXH64.text(XXH64.hash("abc")) == "44bc2cf5ad770999")
    #expect(
      XXH64.text(XXH64.hash("Nobody inspects the spammish repetition")) == "fbcea83c8a378bf1")
  }
}
