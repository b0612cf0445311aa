import Foundation

/// The sentences of a preprocessed data set as the pieces they were divided into.
struct PreprocessedText {
  /// A sentence a line, pieces separated by spaces.
  let lines: [String]

  /// Reads one side of a data set in mmap form.
  ///
  /// - Throws: ``CompareError`` when the files are missing or of another form.
  init(
    folder: String, subset: String, pair: (source: String, target: String), language: String
  ) throws {
    let prefix = "\(folder)/\(subset).\(pair.source)-\(pair.target).\(language)"
    let index = try Self.bytes(prefix + ".idx")
    let tokens = try Self.bytes(prefix + ".bin")
    let dictionary = "\(folder)/dict.\(language).txt"
    let entries = String(decoding: try Self.bytes(dictionary), as: UTF8.self)
    let symbols =
      ["<s>", "<pad>", "</s>", "<unk>"]
      + entries.split(separator: "\n").map { line in
        String(line[..<(line.lastIndex(of: " ") ?? line.endIndex)])
      }
    // A name of nine bytes, the version, the kind of number, how many sentences; then their
    // lengths.
    guard index.starts(with: Data("MMIDIDX\0\0".utf8)), index.count >= 26 else {
      throw CompareError("--data: \(prefix).idx is no index in mmap form")
    }
    let widths: [UInt8: Int] = [3: 2, 4: 4, 5: 8, 8: 2]
    guard let width = widths[index[17]] else {
      throw CompareError("--data: \(prefix).bin has numbers of an unknown kind")
    }
    let count = Self.number(index, at: 18, width: 8)
    guard count >= 0, index.count >= 26 + 4 * count else {
      throw CompareError("--data: \(prefix).idx is cut off")
    }
    var start = 0
    lines = try (0..<count).map { row in
      let length = Self.number(index, at: 26 + 4 * row, width: 4)
      defer { start += length }
      guard length >= 0, (start + length) * width <= tokens.count else {
        throw CompareError("--data: \(prefix).bin is cut off")
      }
      return try (start..<start + max(0, length - 1)).map { place in
        let symbol = Self.number(tokens, at: place * width, width: width)
        guard symbols.indices.contains(symbol) else {
          throw CompareError("--data: \(dictionary) does not fit \(prefix).bin")
        }
        return symbols[symbol]
      }.joined(separator: " ")
    }
  }

  /// Writes lines, all or the first ones.
  func write(first count: Int = .max, to path: String) throws {
    try (lines.prefix(count).joined(separator: "\n") + "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
  }

  private static func bytes(_ path: String) throws -> Data {
    try FileManager.default.contents(atPath: path).orThrow("--data: \(path) cannot be read")
  }

  /// A whole number in little-endian form.
  private static func number(_ data: Data, at place: Int, width: Int) -> Int {
    (0..<width).reduce(0) { $0 | Int(data[data.startIndex + place + $1]) << (8 * $1) }
  }
}
