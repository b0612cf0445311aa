import FairlineData
import FairlineTesting
import Foundation
import Testing

@Suite struct IndexedDatasetTests {
  static let sentences: [[Int32]] = [[4, 5, 2], [2], [], [6, 2]]

  /// Writes `sentences` with the prefix `x` in a new folder.
  static func written(_ type: ElementType = .uint16) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let writer = try IndexedDatasetWriter(prefix: folder("x"), elementType: type)
    for ids in sentences { try writer.append(ids) }
    try writer.finish()
    return folder
  }

  @Test func headerIsFairseqs() throws {
    let folder = try Self.written()
    let index = try folder.bytes("x.idx")
    let header: [UInt8] = [
      0x4D, 0x4D, 0x49, 0x44, 0x49, 0x44, 0x58, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 4, 0, 0, 0, 0, 0,
      0, 0,
    ]
    #expect(Array(index[..<26]) == header)
    #expect(index.count == 26 + 12 * 4)
    #expect(try folder.names == ["x.bin", "x.idx"])
  }

  @Test(arguments: ElementType.allCases.filter { $0 != .float && $0 != .double })
  func everyIntegerTypeIsReadBack(_ type: ElementType) throws {
    let folder = try Self.written(type)
    let data = try IndexedDataset(prefix: folder("x"), vocabularySize: 7)
    #expect(data.elementType == type)
    #expect((0..<data.count).map { data[$0] } == Self.sentences)
  }

  @Test(arguments: [UInt8(6), 7])
  func floatingPointIdsAreRead(_ code: UInt8) throws {
    let folder = try Self.written(.int64)
    var index = try folder.bytes("x.idx")
    index[17] = code
    try folder.write("x.idx", index)
    let values = Self.sentences.joined().map { Double($0) }
    try folder.write("x.bin", values.withUnsafeBytes { Array($0) })
    let data = try IndexedDataset(prefix: folder("x"))
    #expect((0..<data.count).map { data[$0] } == Self.sentences)
    try folder.write("x.bin", (values.dropLast() + [0.5]).withUnsafeBytes { Array($0) })
    #expect(message { _ = try IndexedDataset(prefix: folder("x")) }.contains("no id"))
  }

  @Test func typesFollowTheVocabulary() {
    #expect(ElementType(vocabularySize: 65_499) == .uint16)
    #expect(ElementType(vocabularySize: 65_500) == .uint32)
    #expect(ElementType(vocabularySize: 4_294_967_294) == .uint32)
    #expect(ElementType(vocabularySize: 4_294_967_295) == .int64)
    #expect(ElementType(vocabularySize: nil) == .uint32)
  }

  @Test func largeIdsSurvive() throws {
    let folder = try TemporaryFolder()
    let ids: [Int32] = [65_499, 70_000, 2_000_000_000, 2]
    let writer = try IndexedDatasetWriter(prefix: folder("x"), elementType: .uint32)
    try writer.append(ids)
    try writer.finish()
    #expect(try IndexedDataset(prefix: folder("x"))[0] == ids)
    let error = message { _ = try IndexedDataset(prefix: folder("x"), vocabularySize: 70_000) }
    #expect(error.contains("70000") && error.contains("dictionary"))
  }

  @Test func idsOutsideTheDictionaryNameTheSentence() throws {
    let folder = try Self.written()
    let error = message { _ = try IndexedDataset(prefix: folder("x"), vocabularySize: 6) }
    #expect(error.contains("id 6 in sequence 3") && error.contains("only 6 symbols"))
  }

  @Test func manySequencesAreIndexed() throws {
    let folder = try TemporaryFolder()
    let writer = try IndexedDatasetWriter(prefix: folder("x"), elementType: .uint16)
    for number in 0..<40_000 {
      try writer.append([Int32](repeating: Int32(number % 1000), count: number % 7))
    }
    try writer.finish()
    let data = try IndexedDataset(prefix: folder("x"), vocabularySize: 1000)
    #expect(data.count == 40_000)
    let agree = (0..<data.count).allSatisfy {
      data[$0] == [Int32](repeating: Int32($0 % 1000), count: $0 % 7)
    }
    #expect(agree)
  }

  @Test func unfinishedFilesLeaveNoTrace() throws {
    let folder = try TemporaryFolder()
    do {
      let writer = try IndexedDatasetWriter(prefix: folder("x"), elementType: .uint16)
      try writer.append([4, 2])
    }
    #expect(try folder.names.isEmpty)
  }

  /// The bytes of a legacy index of `sentences` with 4-byte ids.
  static func legacyIndex() -> [UInt8] {
    var words: [Int64] = [1, 4, 4, Int64(sentences.count), Int64(sentences.count)]
    words += (0...sentences.count).map { Int64($0) }
    var offset: Int64 = 0
    words.append(offset)
    for ids in sentences {
      offset += Int64(ids.count)
      words.append(offset)
    }
    words += sentences.map { Int64($0.count) }
    return Array("TNTIDX\0\0".utf8) + words.withUnsafeBytes { Array($0) }
  }

  @Test func legacyFilesAreRead() throws {
    let folder = try TemporaryFolder()
    try folder.write("x.idx", Self.legacyIndex())
    let stored = Self.sentences.joined().map { $0 + 1 }
    try folder.write("x.bin", stored.withUnsafeBytes { Array($0) })
    let data = try IndexedDataset(prefix: folder("x"), vocabularySize: 7)
    #expect((0..<data.count).map { data[$0] } == Self.sentences)
    #expect(message { _ = try IndexedDataset(prefix: folder("x"), vocabularySize: 6) } != "")
  }
}

/// Damaged files give an error or, where the damage is invisible, a valid read; never a crash.
@Suite struct DamagedDatasetTests {
  static func readAll(_ prefix: String) throws {
    let data = try IndexedDataset(prefix: prefix, vocabularySize: 7)
    for index in 0..<data.count {
      #expect(data[index].allSatisfy { 0..<7 ~= $0 })
    }
  }

  static func cases() throws -> [(name: String, index: [UInt8], data: [UInt8])] {
    let folder = try IndexedDatasetTests.written()
    let wide = try IndexedDatasetTests.written(.int64)
    let stored = IndexedDatasetTests.sentences.joined().map { $0 + 1 }
    return [
      ("mmap", try folder.bytes("x.idx"), try folder.bytes("x.bin")),
      ("mmap64", try wide.bytes("x.idx"), try wide.bytes("x.bin")),
      ("legacy", IndexedDatasetTests.legacyIndex(), stored.withUnsafeBytes { Array($0) }),
    ]
  }

  @Test func truncationIsNoticedAtEveryByte() throws {
    for (name, index, data) in try Self.cases() {
      let folder = try TemporaryFolder()
      try folder.write("x.bin", data)
      for length in 0..<index.count {
        try folder.write("x.idx", Array(index[..<length]))
        let error = message { try Self.readAll(folder("x")) }
        #expect(error.contains("x.idx"), "\(name) index cut to \(length)")
      }
      try folder.write("x.idx", index)
      for length in 0..<data.count {
        try folder.write("x.bin", Array(data[..<length]))
        let error = message { try Self.readAll(folder("x")) }
        #expect(error.contains("truncated"), "\(name) data cut to \(length)")
      }
      try folder.write("x.bin", data + [0])
      #expect(message { try Self.readAll(folder("x")) }.contains("bytes"))
      try folder.write("x.bin", data)
      try folder.write("x.idx", index + [0])
      #expect(message { try Self.readAll(folder("x")) } != "")
      try folder.write("x.idx", index)
      try Self.readAll(folder("x"))
    }
  }

  @Test func changedBytesNeverCrash() throws {
    for (name, index, data) in try Self.cases() {
      let folder = try TemporaryFolder()
      try folder.write("x.bin", data)
      for position in index.indices {
        for mask in [UInt8(0x01), 0x80, 0xFF, 0x10] {
          var changed = index
          changed[position] ^= mask
          try folder.write("x.idx", changed)
          let error = message { try Self.readAll(folder("x")) }
          #expect(!error.isEmpty, "\(name) index byte \(position) ^ \(mask)")
        }
      }
      try folder.write("x.idx", index)
      for position in data.indices {
        for mask in [UInt8(0x01), 0x80, 0xFF] {
          var changed = data
          changed[position] ^= mask
          try folder.write("x.bin", changed)
          do { try Self.readAll(folder("x")) } catch { #expect("\(error)".contains("x.bin")) }
        }
      }
    }
  }

  @Test func missingFilesAreNamed() throws {
    let folder = try IndexedDatasetTests.written()
    try FileManager.default.removeItem(atPath: folder("x.bin"))
    #expect(message { try Self.readAll(folder("x")) }.contains("x.bin"))
    #expect(message { try Self.readAll(folder("none")) }.contains("none.idx"))
    try folder.write("x.idx", "This is no index at all, but a text.")
    #expect(message { try Self.readAll(folder("x")) }.contains("not an index"))
  }
}
