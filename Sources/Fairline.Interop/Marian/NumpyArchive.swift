import FairlineFoundation

/// The arrays in one of numpy's `.npz` files, as Marian writes its models.
///
/// Arrays are read where they lie in the file; compressed ones are unpacked when the file is
/// opened. Checksums are compared when an array is read.
struct NumpyArchive {
  private static let suffix = ".npy"
  /// What compressed members may hold together, in sizes of the file, or in bytes.
  private static let largestRatio = 2
  private static let smallSize = 1 << 20

  let tensors: [String: MarianTensors.Entry]

  /// Whether a file begins as zip files do.
  static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 3, 4]) }

  /// Reads the names and shapes of all arrays.
  ///
  /// - Throws: a clause that says what is wrong.
  init(_ file: MappedFile) throws {
    let archive = try ZipArchive(file, takesCompressed: true)
    var tensors: [String: MarianTensors.Entry] = [:]
    var room = max(Self.smallSize, Self.largestRatio * file.bytes.count)
    for member in archive.names {
      let name = member.hasSuffix(Self.suffix) ? String(member.dropLast(4)) : member
      let place: MarianTensors.Place
      if let range = archive.stored(member) {
        place = .file(range)
      } else {
        let bytes = try archive.unpacked(member, of: file, limit: room)
        room -= bytes.count
        place = .memory(bytes)
      }
      let entry = try place.withBytes(of: file) { bytes in
        do {
          let header = try NumpyHeader(bytes)
          return MarianTensors.Entry(
            shape: header.shape, element: header.element, place: place,
            numbers: header.start..<bytes.count, checksum: archive.checksum(of: member))
        } catch let error as ZipError { throw ZipError("its member '\(member)' \(error)") }
      }
      guard tensors.updateValue(entry, forKey: name) == nil else {
        throw ZipError("it has two arrays '\(name)'")
      }
    }
    self.tensors = tensors
  }
}
