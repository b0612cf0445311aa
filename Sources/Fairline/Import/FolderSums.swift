extension ImportCandidate {
  /// The file of checksums that may lie beside the files of a model: lines as
  /// `xxhsum -H1 config.json model.safetensors` prints them.
  static let sumsName = "xxh64sums.txt"

  /// Compares the files of the folder with their checksums, where it has a list of them.
  ///
  /// - Throws: `UserError` naming the file that is missing, or has other bytes.
  func verifySums() throws {
    guard let list = file(Self.sumsName) else { return }
    for (number, line) in try TextFile(list).lines().enumerated() where !line.isEmpty {
      let fields = line.split(separator: " ", maxSplits: 1)
      guard fields.count == 2, fields[0].count == 16,
        let sum = UInt64(fields[0], radix: 16)
      else {
        throw UserError(
          "line \(number + 1) of '\(list)' is no checksum with a name: write the list again with "
            + "'xxhsum -H1', or remove it")
      }
      let name = String(fields[1].drop { $0 == " " || $0 == "*" })
      guard let path = file(name) else {
        throw UserError(
          "'\(name)' is in the list '\(list)' and not beside it: restore the file, or write the "
            + "list again with 'xxhsum -H1'")
      }
      guard try MappedFile(path).withBytes({ XXH64.hash($0) }) == sum else {
        throw UserError(
          "'\(path)' is damaged or was changed: its checksum is not the one in '\(list)'; restore "
            + "the file, or write the list again with 'xxhsum -H1'")
      }
    }
  }
}
