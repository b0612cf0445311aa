import CCompression
import CZstd

/// Reads gzip: one member or several in a row.
final class GzipStream: DecompressionStream {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let begun: Bool
  private(set) var isComplete = false

  /// - Parameter isBare: whether there is no header, as in members of zip files.
  init(isBare: Bool = false) { begun = fl_gzip_begin(stream, isBare) == Z_OK }

  deinit {
    if begun { inflateEnd(stream) }
    stream.deallocate()
  }

  func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
  ) throws -> (used: Int, made: Int) {
    guard begun else { throw DecompressionError.memory }
    // Another member follows the one that has ended.
    if isComplete, !input.isEmpty {
      guard inflateReset(stream) == Z_OK else { throw DecompressionError.damaged }
      isComplete = false
    }
    let bytes = input.bindMemory(to: UInt8.self)
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    stream.pointee.avail_in = UInt32(bytes.count)
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let code = inflate(stream, Z_NO_FLUSH)
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isComplete = true
    case Z_MEM_ERROR: throw DecompressionError.memory
    default: throw DecompressionError.damaged
    }
    return (
      input.count - Int(stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out)
    )
  }
}

/// Reads Zstandard: one frame or several in a row.
final class ZstdStream: DecompressionStream {
  private let context = ZSTD_createDCtx()
  private(set) var isComplete = false

  deinit { ZSTD_freeDCtx(context) }

  func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
  ) throws -> (used: Int, made: Int) {
    guard let context else { throw DecompressionError.memory }
    var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var to = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let code = ZSTD_decompressStream(context, &to, &from)
    guard ZSTD_isError(code) == 0 else {
      let name = String(cString: ZSTD_getErrorName(code))
      throw DecompressionError("it is damaged or needs too much memory (\(name))")
    }
    if from.pos > 0 || to.pos > 0 { isComplete = code == 0 }
    return (from.pos, to.pos)
  }
}

/// Reads xz: one stream or several in a row.
final class XZStream: DecompressionStream {
  private static let memory: UInt64 = 1 << 28

  private let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
  private let begun: Bool
  private(set) var isComplete = false

  init() { begun = fl_xz_begin(stream, Self.memory) == Int32(LZMA_OK.rawValue) }

  deinit {
    if begun { lzma_end(stream) }
    stream.deallocate()
  }

  func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
  ) throws -> (used: Int, made: Int) {
    guard begun else { throw DecompressionError.memory }
    stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_in = input.count
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = output.count
    switch lzma_code(stream, isLast ? LZMA_FINISH : LZMA_RUN) {
    case LZMA_OK, LZMA_BUF_ERROR: isComplete = false
    case LZMA_STREAM_END: isComplete = true
    case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR: throw DecompressionError.memory
    default: throw DecompressionError.damaged
    }
    return (input.count - stream.pointee.avail_in, output.count - stream.pointee.avail_out)
  }
}
