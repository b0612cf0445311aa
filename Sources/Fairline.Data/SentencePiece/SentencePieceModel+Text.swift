import FairlineFoundation

internal import CSentencePiece

extension SentencePieceModel {
  /// Divides a line into pieces.
  public func encode(_ line: String) throws -> [String] {
    var pieces: [String] = []
    try forEachPiece(of: line) { piece, _ in
      pieces.append(String(decoding: piece, as: UTF8.self))
    }
    return pieces
  }

  /// Divides a line into the model's own piece ids, which are not a vocabulary's.
  public func encodeIds(_ line: String) throws -> [Int] {
    var ids: [Int] = []
    try forEachPiece(of: line) { _, id in ids.append(id) }
    return ids
  }

  /// Joins pieces to plain text.
  public func decode(_ pieces: [String]) throws -> String {
    var bytes: [UInt8] = []
    let lengths = pieces.map { piece in
      bytes += piece.utf8
      return Int32(piece.utf8.count)
    }
    let text = Output()
    try bytes.withUnsafeBytes { raw in
      try call { model, message in
        fl_sp_decode_pieces(
          model, raw.baseAddress?.assumingMemoryBound(to: CChar.self), lengths, lengths.count,
          Unmanaged.passUnretained(text).toOpaque(), Output.receive, &message)
      }
    }
    return String(decoding: text.bytes, as: UTF8.self)
  }

  /// Joins pieces, given by their ids in the model, to plain text.
  public func decode(ids: [Int]) throws -> String {
    if let wrong = ids.first(where: { $0 < 0 || $0 >= pieceCount }) {
      throw UserError("SentencePiece: \(wrong) is no piece of a model of \(pieceCount) pieces")
    }
    let text = Output()
    try call { model, message in
      fl_sp_decode_ids(
        model, ids.map { Int32($0) }, ids.count,
        Unmanaged.passUnretained(text).toOpaque(), Output.receive, &message)
    }
    return String(decoding: text.bytes, as: UTF8.self)
  }

  /// Appends the pieces of a text, with a space between two.
  func appendPieces(
    of line: UnsafeBufferPointer<UInt8>, to output: PieceLines
  ) throws {
    try divide(line, Unmanaged.passUnretained(output).toOpaque(), PieceLines.receive)
  }

  /// Hands the pieces of a line on, one after another.
  private func divide(
    _ line: UnsafeBufferPointer<UInt8>, _ context: UnsafeMutableRawPointer, _ emit: fl_sp_emit
  ) throws {
    let middles = unknownRuns.middles(of: line)
    guard !middles.isEmpty else { return try divideWhole(line, context, emit) }
    let joined = JoinedPieces(context, emit)
    func divide(_ range: Range<Int>) throws {
      try divideWhole(
        UnsafeBufferPointer(rebasing: line[range]), Unmanaged.passUnretained(joined).toOpaque(),
        JoinedPieces.receive)
    }
    var start = 0
    for middle in middles {
      try divide(start..<middle.lowerBound)
      joined.extend(line[middle])
      start = middle.upperBound
    }
    try divide(start..<line.count)
    joined.finish()
  }

  private func divideWhole(
    _ line: UnsafeBufferPointer<UInt8>, _ context: UnsafeMutableRawPointer, _ emit: fl_sp_emit
  ) throws {
    try line.withMemoryRebound(to: CChar.self) { line in
      try call { model, message in
        fl_sp_encode(model, line.baseAddress, line.count, context, emit, &message)
      }
    }
  }

  private func forEachPiece(
    of line: String, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Void
  ) throws {
    var line = line
    try withoutActuallyEscaping(body) { body in
      let visitor = Visitor(body)
      try line.withUTF8 {
        try divide($0, Unmanaged.passUnretained(visitor).toOpaque(), Visitor.receive)
      }
      _ = visitor
    }
  }

  private final class Visitor {
    let body: (UnsafeBufferPointer<UInt8>, Int) -> Void

    init(_ body: @escaping (UnsafeBufferPointer<UInt8>, Int) -> Void) {
      self.body = body
    }

    static let receive: fl_sp_emit = { context, bytes, count, id in
      guard let context, let bytes else { return }
      let visitor = Unmanaged<Visitor>.fromOpaque(context).takeUnretainedValue()
      bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
        visitor.body(UnsafeBufferPointer(start: $0, count: count), Int(id))
      }
    }
  }

  private final class Output {
    var bytes: [UInt8] = []

    static let receive: fl_sp_emit = { context, bytes, count, _ in
      guard let context, let bytes else { return }
      let output = Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
      output.bytes += UnsafeRawBufferPointer(start: bytes, count: count)
    }
  }
}

/// Lines of pieces as bytes: pieces are separated by spaces, lines end with a newline.
final class PieceLines {
  var bytes: [UInt8] = []
  var startsLine = true

  static let receive: fl_sp_emit = { context, bytes, count, _ in
    guard let context, let bytes else { return }
    let output = Unmanaged<PieceLines>.fromOpaque(context).takeUnretainedValue()
    if !output.startsLine { output.bytes.append(0x20) }
    output.startsLine = false
    output.bytes += UnsafeRawBufferPointer(start: bytes, count: count)
  }
}
