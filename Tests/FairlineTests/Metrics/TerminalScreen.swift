import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A terminal that a test watches: a pseudoterminal and what would stand on its screen.
///
/// It knows line breaks, returns, cursor up and clearing, breaks what is too long, and breaks anew
/// when its width changes.
final class TerminalScreen {
  /// The end that a program writes to.
  let descriptor: Int32
  private let own: Int32
  private var width: Int
  // Linux's TIOCSPTLCK and TIOCGPTN; the C functions around them are not imported.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430
  /// Rows from the top; those that go on in the next row are marked.
  private var rows: [(text: [Character], goesOn: Bool)] = [([], false)]
  private var cursor = (row: 0, column: 0)

  init?(width: Int) {
    self.width = width
    own = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (locked, number): (Int32, Int32) = (0, 0)
    guard own >= 0, ioctl(own, Self.setLock, &locked) == 0, ioctl(own, Self.getNumber, &number) == 0
    else { return nil }
    descriptor = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    guard descriptor >= 0 else { return nil }
    _ = fcntl(own, F_SETFL, O_NONBLOCK)
    setWidth()
  }

  deinit {
    close(own)
    close(descriptor)
  }

  /// The lines on the screen, without empty ones at the end.
  var lines: [String] {
    read()
    return rows.map { String($0.text) }.reversed().drop { $0.isEmpty }.reversed()
  }

  /// Makes the terminal narrower or wider; long lines are broken anew.
  func resize(to width: Int) {
    read()
    self.width = width
    setWidth()
    var whole: [[Character]] = [[]]
    for row in rows {
      whole[whole.count - 1] += row.text
      if !row.goesOn { whole.append([]) }
    }
    rows = whole.dropLast().flatMap { line in
      let starts = Array(stride(from: 0, to: max(line.count, 1), by: width))
      return starts.map { start in
        (Array(line[start..<min(start + width, line.count)]), start != starts.last)
      }
    }
    // The cursor stays behind the last character.
    cursor = (rows.count - 1, rows[rows.count - 1].text.count)
  }

  private func setWidth() {
    var size = winsize(ws_row: 24, ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(own, UInt(TIOCSWINSZ), &size)
  }

  private func read() {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = Glibc.read(own, &buffer, buffer.count), count > 0 {
      bytes += buffer[..<count]
    }
    // Swift takes CR LF for one character.
    let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\r": cursor.column = 0
      case "\n":
        cursor = (cursor.row + 1, 0)
        if cursor.row == rows.count { rows.append(([], false)) }
      case "\u{1B}":
        let code = rest.prefix { !$0.isLetter }
        rest = rest.dropFirst(code.count)
        command(rest.popFirst() ?? " ", Int(code.dropFirst()) ?? 1)
      default: put(character)
      }
    }
  }

  private func command(_ name: Character, _ number: Int) {
    switch name {
    case "A": cursor.row = max(0, cursor.row - number)
    case "J":
      rows.removeSubrange((cursor.row + 1)...)
      rows[cursor.row] = (Array(rows[cursor.row].text.prefix(cursor.column)), false)
    default: preconditionFailure("the terminal does not know the command \(name)")
    }
  }

  private func put(_ character: Character) {
    if cursor.column == width {
      rows[cursor.row].goesOn = true
      cursor = (cursor.row + 1, 0)
      if cursor.row == rows.count { rows.append(([], false)) }
    }
    if cursor.column < rows[cursor.row].text.count {
      rows[cursor.row].text[cursor.column] = character
    } else {
      rows[cursor.row].text.append(character)
    }
    cursor.column += 1
  }
}
