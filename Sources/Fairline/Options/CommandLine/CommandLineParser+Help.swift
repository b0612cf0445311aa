#if canImport(Glibc)
import Glibc
#endif

extension CommandLineParser {
  /// The help: usage, summary, and a section per draft with the preset's own defaults.
  ///
  /// - Parameter width: the columns to fill; by default the terminal's, or 80.
  public func help(width: Int? = nil) -> String {
    let width = max(40, width ?? Self.terminalWidth())
    var usage = "usage: \(program) [flags]"
    for place in positionals {
      usage += " \(place.format.placeholder)" + (place.format.isRepeated ? " …" : "")
    }
    var sections = [usage]
    if !summary.isEmpty {
      sections.append(Self.wrap(summary, width: width).joined(separator: "\n"))
    }
    sections.append(section("General", BuiltInOptions.formats.map { ($0, "") }, width))
    var titles: [String] = []
    var rows: [String: [(OptionFormat, String)]] = [:]
    for draft in drafts {
      if rows[draft.title] == nil { titles.append(draft.title) }
      for (index, format) in draft.formats.enumerated() where !format.isHidden {
        rows[draft.title, default: []].append((format, draft.presetText(at: index)))
      }
    }
    for title in titles {
      if let shown = rows[title] { sections.append(section(title, shown, width)) }
    }
    return sections.joined(separator: "\n\n") + "\n"
  }

  private func section(
    _ title: String, _ rows: [(format: OptionFormat, preset: String)], _ width: Int
  ) -> String {
    let column = 30
    var lines = [title + ":"]
    for row in rows {
      let head = "  " + Self.usage(of: row.format)
      var text = Self.wrap(
        row.format.help + Self.note(row.format, row.preset), width: width - column)
      if head.count + 2 <= column {
        let first = text.isEmpty ? "" : text.removeFirst()
        lines.append(head + String(repeating: " ", count: column - head.count) + first)
      } else {
        lines.append(head)
      }
      lines += text.map { String(repeating: " ", count: column) + $0 }
    }
    return lines.joined(separator: "\n")
  }

  private static func usage(of format: OptionFormat) -> String {
    if format.arity == .positional { return format.placeholder }
    let names = format.flags.sorted { $0.count < $1.count && $0.count == 2 }
    let flags = names.joined(separator: ", ")
    switch format.arity {
    case .flag, .positional: return flags
    case .optionalValue: return "\(flags) [\(format.placeholder)]"
    case .value: return "\(flags) \(format.placeholder)"
    case .list: return "\(flags) \(format.placeholder)".replacing(",…", with: " …")
    }
  }

  private static func note(_ format: OptionFormat, _ preset: String) -> String {
    if format.arity == .flag {
      return preset == "true" ? " (on by default; --no-\(format.names[0]) turns it off)" : ""
    }
    var notes: [String] = []
    if case .optionalValue(let bare) = format.arity, !bare.isEmpty {
      notes.append("without a value: '\(bare)'")
    }
    if let range = format.range {
      notes.append(range.replacing("that is finite", with: "a finite number"))
    }
    if !preset.isEmpty, preset != "[]" { notes.append("default: \(preset)") }
    return notes.isEmpty ? "" : " (" + notes.joined(separator: "; ") + ")"
  }

  /// The text in lines of at most `width` characters, broken between words.
  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// The columns of the terminal on standard output (at most 120), or 80.
  private static func terminalWidth() -> Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return min(120, Int(size.ws_col))
  }
}
