import CZstd

#if canImport(Glibc)
import Glibc
#endif

/// Whole files in one Zstandard frame with a checksum.
package enum Zstandard {
  /// Compresses bytes into a file; throws ``FileError/unwritable(path:reason:)``.
  package static func compress(
    _ bytes: UnsafeRawBufferPointer, to file: FileWriter, level: Int
  ) throws {
    guard let context = ZSTD_createCCtx() else { throw outOfMemory(file.path) }
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level))
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    ZSTD_CCtx_setPledgedSrcSize(context, UInt64(bytes.count))
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { chunk.deallocate() }
    var remaining = 1
    while remaining != 0 {
      var output = ZSTD_outBuffer(dst: chunk.baseAddress, size: chunk.count, pos: 0)
      remaining = ZSTD_compressStream2(context, &output, &input, ZSTD_e_end)
      guard ZSTD_isError(remaining) == 0 else {
        let reason = String(cString: ZSTD_getErrorName(remaining))
        throw FileError.unwritable(path: file.path, reason: reason)
      }
      try file.write(UnsafeRawBufferPointer(rebasing: chunk[0..<output.pos]))
    }
  }

  /// A file may grow to this many times its size, or to ``smallSize``.
  ///
  /// So a short file cannot fill the memory. Trained weights shrink by less than a half, moments
  /// that are still zero to almost nothing.
  private static let largestRatio = 1000
  private static let smallSize = 1 << 26

  /// Decompresses a file into memory; throws ``FileError/unreadable(path:reason:)``.
  package static func decompress(_ path: String) throws -> MappedFile {
    try MappedFile(path).withBytes { bytes in
      let claimed = ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
      guard claimed > 0, claimed < 1 << 40 else {
        throw FileError.unreadable(path: path, reason: "it is no file that Zstandard compressed")
      }
      guard claimed <= UInt64(max(smallSize, bytes.count * largestRatio)) else {
        throw FileError.unreadable(
          path: path,
          reason: "it has \(bytes.count) bytes and claims to hold \(claimed), more than "
            + "\(largestRatio) times as many; decompress it with zstd if you trust it")
      }
      let size = Int(claimed)
      guard let memory = malloc(size) else { throw outOfMemory(path) }
      let result = MappedFile(
        path, owning: UnsafeMutableRawBufferPointer(start: memory, count: size))
      let written = ZSTD_decompress(memory, size, bytes.baseAddress, bytes.count)
      guard ZSTD_isError(written) == 0 else {
        let reason = String(cString: ZSTD_getErrorName(written))
        throw FileError.unreadable(path: path, reason: "it is damaged (\(reason))")
      }
      guard written == size else {
        throw FileError.unreadable(path: path, reason: "it is damaged (it ends too early)")
      }
      return result
    }
  }

  private static func outOfMemory(_ path: String) -> FileError {
    .unreadable(path: path, reason: "there is not enough memory")
  }
}
