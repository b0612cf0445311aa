/// Pieces by their bytes, found one byte after the other.
struct PieceTrie: Sendable {
  /// What a path of bytes stands for.
  struct Piece: Sendable {
    /// The number of the symbol; -1 where the dictionary lacks the piece.
    let id: Int32
    let score: Float
  }

  private var children: [UInt64: Int32] = [:]
  private var pieces: [Piece?] = [nil]

  /// Adds a piece; of equal ones the first counts.
  mutating func add(_ text: [UInt8], id: Int32, score: Float) {
    var node: Int32 = 0
    for byte in text {
      let key = Self.key(node, byte)
      if let next = children[key] {
        node = next
      } else {
        children[key] = Int32(pieces.count)
        node = Int32(pieces.count)
        pieces.append(nil)
      }
    }
    if pieces[Int(node)] == nil { pieces[Int(node)] = Piece(id: id, score: score) }
  }

  /// Calls `body` with the end and the piece of every piece that begins at a place of a text.
  func forEach(in text: [UInt8], from start: Int, _ body: (Int, Piece) -> Void) {
    var (node, place): (Int32, Int) = (0, start)
    while place < text.count, let next = children[Self.key(node, text[place])] {
      (node, place) = (next, place + 1)
      if let piece = pieces[Int(node)] { body(place, piece) }
    }
  }

  /// The piece of a part of a text.
  func piece(_ text: [UInt8], _ range: Range<Int>) -> Piece? {
    var node: Int32 = 0
    for place in range {
      guard let next = children[Self.key(node, text[place])] else { return nil }
      node = next
    }
    return pieces[Int(node)]
  }

  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
    UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
  }
}
