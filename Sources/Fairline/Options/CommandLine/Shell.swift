/// A shell for which completion scripts can be made.
public enum Shell: String, CaseIterable, Codable, Sendable, OptionValue {
  /// GNU Bash.
  case bash
  /// Z shell.
  case zsh
  /// Friendly interactive shell.
  case fish
}

extension CommandLineParser {
  /// A completion script for a shell, made from the flags of this parser's drafts.
  package func completionScript(for shell: Shell) -> String {
    let formats =
      BuiltInOptions.formats
      + drafts.flatMap(\.formats).filter { $0.arity != .positional && !$0.isHidden }
    return switch shell {
    case .bash: bashScript(formats)
    case .zsh: zshScript(formats)
    case .fish: fishScript(formats)
    }
  }

  private var identifier: String { program.replacing("-", with: "_") }

  private func bashScript(_ formats: [OptionFormat]) -> String {
    var cases = ""
    for format in formats {
      guard let choices = format.choices else { continue }
      cases += """
            \(format.flags.joined(separator: "|")))
              COMPREPLY=($(compgen -W "\(choices.joined(separator: " "))" -- "$word")); return ;;

        """
    }
    return """
      _\(identifier)() {
        local word="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
        case "$previous" in
      \(cases)    *) ;;
        esac
        if [[ "$word" == -* ]]; then
          COMPREPLY=($(compgen -W "\(formats.flatMap(\.flags).joined(separator: " "))" -- "$word"))
        else
          COMPREPLY=($(compgen -f -- "$word"))
        fi
      }
      complete -o filenames -F _\(identifier) \(program)

      """
  }

  private func zshScript(_ formats: [OptionFormat]) -> String {
    func escaped(_ text: String) -> String {
      text.replacing("'", with: "'\\''").replacing("[", with: "\\[").replacing("]", with: "\\]")
        .replacing(":", with: "\\:")
    }
    var lines: [String] = []
    for format in formats {
      let action = format.choices.map { "(" + $0.joined(separator: " ") + ")" } ?? "_files"
      let value =
        switch format.arity {
        case .flag, .positional: ""
        case .value, .list: ":\(escaped(format.placeholder)):\(action)"
        case .optionalValue: "::\(escaped(format.placeholder)):\(action)"
        }
      lines += format.flags.map { "  '\($0)[\(escaped(format.help))]\(value)' \\" }
    }
    return "#compdef \(program)\n_arguments -s \\\n" + lines.joined(separator: "\n")
      + "\n  '*:file:_files'\n"
  }

  private func fishScript(_ formats: [OptionFormat]) -> String {
    var lines: [String] = []
    for format in formats {
      var line = "complete -c \(program)"
      for name in format.names { line += name.count == 1 ? " -s \(name)" : " -l \(name)" }
      if format.arity == .value || format.arity == .list { line += " -r" }
      if let choices = format.choices { line += " -f -a '\(choices.joined(separator: " "))'" }
      let help = format.help.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      lines.append(line + " -d '\(help)'")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
