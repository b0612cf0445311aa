import Foundation

internal import CSentencePiece

/// Long runs of characters that a model does not know, in long lines.
///
/// SentencePiece joins such a run to one piece, character by character, in a time that grows with
/// the square of its length. So the middle of a run is kept from it and put into the joined piece
/// here. Unknown characters are taken one by one, whatever stands beside them: pieces and ids are
/// the same. (A unigram model adds scores along the line, and after some thousands of unknown
/// characters its sums are so rough that ties are decided by rounding: there they may differ.)
final class UnknownRuns: @unchecked Sendable {  // guarded by `lock`
  /// Bytes from which on a line is searched for runs; shorter ones cost little.
  static let longLine = 1 << 15
  /// Unknown characters on both sides of the middle that SentencePiece sees.
  static let edge = 512

  private let serialized: [UInt8]
  private let lock = NSLock()
  private var known: KnownText??

  /// For a model, by the bytes of its file.
  init(serialized: [UInt8]) {
    self.serialized = serialized
  }

  /// The middles of the long runs of a line, in bytes.
  func middles(of line: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    guard line.count >= Self.longLine, let known = prepared() else { return [] }
    var middles: [Range<Int>] = []
    var (place, start, count) = (0, 0, 0)
    // Where the last characters of a run begin, the oldest at `count % edge`.
    var recent = [Int](repeating: 0, count: Self.edge)
    func close() {
      if count > 2 * Self.edge { middles.append(start..<recent[count % Self.edge]) }
      count = 0
    }
    while place < line.count {
      guard let size = known.unknown(line, at: place) else {
        close()
        place += 1
        continue
      }
      if count == Self.edge { start = place }
      recent[count % Self.edge] = place
      count += 1
      place += size
    }
    close()
    return middles
  }

  private func prepared() -> KnownText? {
    lock.withLock {
      if let known { return known }
      let read = KnownText(serialized: serialized)
      known = .some(read)
      return read
    }
  }
}

/// Pieces of the parts of a line, handed on as those of the whole line.
final class JoinedPieces {
  private let context: UnsafeMutableRawPointer
  private let emit: fl_sp_emit
  private var piece: [UInt8] = []
  private var id: Int32 = 0
  private var holdsPiece = false
  private var goesOn = false
  private static let space = Array("\u{2581}".utf8)

  /// Hands on to what takes the library's pieces.
  init(_ context: UnsafeMutableRawPointer, _ emit: fl_sp_emit) {
    (self.context, self.emit) = (context, emit)
  }

  /// Appends bytes to the last piece; so is the first piece that comes next, without the space
  /// that the library puts before a text.
  func extend(_ middle: some Collection<UInt8>) {
    piece += middle
    goesOn = true
  }

  /// Hands the last piece on.
  func finish() {
    guard holdsPiece else { return }
    piece.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { emit(context, $0.baseAddress, $0.count, id) }
    }
    piece.removeAll(keepingCapacity: true)
    holdsPiece = false
  }

  private func take(_ bytes: UnsafeRawBufferPointer, _ id: Int32) {
    guard goesOn else {
      finish()
      (piece, self.id, holdsPiece) = (Array(bytes), id, true)
      return
    }
    let rest = bytes.starts(with: Self.space) ? bytes.dropFirst(Self.space.count) : bytes[...]
    guard !rest.isEmpty else { return }
    piece += rest
    goesOn = false
  }

  static let receive: fl_sp_emit = { context, bytes, count, id in
    guard let context else { return }
    Unmanaged<JoinedPieces>.fromOpaque(context).takeUnretainedValue()
      .take(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count), id)
  }
}
