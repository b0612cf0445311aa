import Fairline
import FairlineTesting
import Foundation
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite struct TensorFileDamageTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// All that a file says, or nil when it is refused.
  func content(_ path: String) -> [String: [Float]]? {
    guard let file = try? TensorFile(path: path) else { return nil }
    var all: [String: [Float]] = [:]
    for entry in file.entries {
      guard let floats = try? file.floats(entry.name) else { return nil }
      all["\(entry.name)\(entry.shape)\(entry.element)"] = floats
    }
    for (key, value) in file.metadata { all["\(key)=\(value)"] = [] }
    return all
  }

  func original(_ name: String) throws -> (path: String, bytes: Data, content: [String: [Float]]) {
    let path = scratch.path(name)
    let values = (0..<40).map { Float($0) * 0.37 - 5 }
    try TensorFile.write(
      [("w", [5, 8], values), ("b", [3], [1, 2, 3])], metadata: ["settings": "{\"lr\": 0.1}"],
      to: path)
    let read = try #require(content(path))
    return (path, try Data(contentsOf: URL(fileURLWithPath: path)), read)
  }

  @Test(arguments: ["a.safetensors", "a.safetensors.zst"])
  func refusesEveryTruncation(_ name: String) throws {
    let (path, bytes, _) = try original(name)
    for length in 0..<bytes.count {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(content(path) == nil, "\(length) of \(bytes.count) bytes")
    }
    try (bytes + [0]).write(to: URL(fileURLWithPath: path))
    #expect(content(path) == nil)
  }

  @Test(arguments: ["a.safetensors", "a.safetensors.zst"])
  func refusesOrSurvivesEveryBitFlip(_ name: String) throws {
    let (path, bytes, expected) = try original(name)
    var refused = 0
    for position in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[position] ^= 1 << bit
        try damaged.write(to: URL(fileURLWithPath: path))
        let found = content(path)
        #expect(found == nil || found == expected, "bit \(bit) of byte \(position)")
        if found == nil { refused += 1 }
      }
    }
    #expect(refused > bytes.count * 7)
  }

  @Test func namesFileAndTensor() throws {
    var (path, bytes, _) = try original("a.safetensors")
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let file = try TensorFile(path: path)
    #expect(throws: TensorFileError.damaged(path: path, tensor: "b")) { try file.floats("b") }
    #expect(throws: TensorFileError.damaged(path: path, tensor: "b")) { try file.verify() }
    #expect(try file.floats("w").count == 40)
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, true),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   "#, true),
    (#"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,8]}}"#, false),
    (#" {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, false),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, false),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, false),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, false),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, false),
    (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, false),
    (#"{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#, false),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#, false),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{}}"#, false),
    (#"{"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, false),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]},"#
        + #""b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, false
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, false
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, true
    ),
  ])
  func checksForeignHeaders(_ header: String, _ isGood: Bool) throws {
    let path = scratch.path("foreign.safetensors")
    var bytes = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header.utf8)
    bytes.append(contentsOf: [0, 0, 128, 63, 0, 0, 0, 64])
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect((content(path) != nil) == isGood)
  }

  @Test func aHeaderOfManyTensorsIsReadInProportion() throws {
    // Empty tensors, as many as a megabyte of header holds: a second, and no memory to speak of.
    let path = scratch.path("many.safetensors")
    let header =
      "{"
      + (0..<15_000).map { #""t\#($0)":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"# }
      .joined(separator: ",") + "}"
    var bytes = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header.utf8)
    try bytes.write(to: URL(fileURLWithPath: path))
    let seconds = try processorSeconds {
      let file = try TensorFile(path: path)
      #expect(file.entries.count == 15_000 && file["t14999"]?.shape == [0])
    }
    #expect(seconds < 5)
  }

  @Test func refusesAFileThatGrowsAThousandfold() throws {
    let path = scratch.path("zeros.safetensors.zst")
    try TensorFile.write(
      [("w", [1 << 25], [Float](repeating: 0, count: 1 << 25))], to: path)
    let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
    #expect(size < 1 << 17)
    let sentence = message { _ = try TensorFile(path: path) }
    #expect(sentence.contains(path) && sentence.contains("more than 1000 times"))
  }

  @Test func refusesAnAbsurdHeaderLength() throws {
    let path = scratch.path("long.safetensors")
    for byte: UInt8 in [0x7F, 0xFF] {
      try Data(repeating: byte, count: 64).write(to: URL(fileURLWithPath: path))
      #expect(throws: TensorFileError.self) { try TensorFile(path: path) }
    }
    #expect(throws: FileError.self) { try TensorFile(path: scratch.path("absent")) }
    #expect(throws: FileError.self) { try TensorFile(path: scratch.url.path) }
  }

  @Test func abandonedAndFailedWritesLeaveTheOldFile() throws {
    let (path, bytes, _) = try original("a.safetensors")
    do {
      let writer = try TensorFileWriter(path: path, tensors: [TensorDeclaration("w", [1])])
      try writer.write("w", [1])
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    #expect(try scratch.names == ["a.safetensors"])
    let absent = scratch.path("no/a.safetensors")
    #expect(
      message { try TensorFile.write([("w", [1], [1])], to: absent) }
        == "\(absent) was not written: its folder does not exist; "
        + "an earlier file of that name is untouched")
  }

  @Test func reportsAFullDisk() {
    let text = message { try TensorFile.write([("w", [1], [1])], to: "/dev/full") }
    #expect(text.hasPrefix("/dev/full was not written: there is no space left; free some"))
  }

  @Test func reportsALimitOnFilesAndLeavesTheOldOne() throws {
    // No other test writes as much.
    let (path, bytes, _) = try original("a.safetensors")
    signal(SIGXFSZ, SIG_IGN)
    var old = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old)
    var tight = rlimit(rlim_cur: 1 << 30, rlim_max: old.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &tight)
    defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old) }
    let text = message {
      let writer = try TensorFileWriter(
        path: path, tensors: [TensorDeclaration("big", [1 << 28]), TensorDeclaration("w", [1])])
      try writer.write("w", [1])
    }
    #expect(
      text == "\(path) was not written: it is larger than files may be; raise the limit "
        + "(ulimit -f) or choose another folder; an earlier file of that name is untouched")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    #expect(try scratch.names == ["a.safetensors"])
  }

  @Test func refusesNamesTwiceAndReservedOnes() throws {
    let path = scratch.path("x.safetensors")
    for names in [["a", "a"], ["__metadata__"]] {
      #expect(throws: FileError.self) {
        try TensorFileWriter(path: path, tensors: names.map { TensorDeclaration($0, [1]) })
      }
    }
    #expect(throws: FileError.self) {
      try TensorFileWriter(path: path, tensors: [], metadata: ["fairline.x": ""])
    }
  }
}
