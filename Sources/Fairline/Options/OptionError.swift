/// A mistake on the command line or in a settings file, or in how flags were put together.
public enum OptionError: Error, Equatable, CustomStringConvertible {
  /// A flag that no component declares.
  case unknownFlag(String, nearest: String?, file: String?)
  /// A flag of components that were not chosen.
  case otherComponent(flag: String, owners: [String])
  /// A flag of other programs.
  case otherProgram(flag: String, programs: [String])
  /// A flag at the end, or before another flag, that needs a value.
  case missingValue(flag: String, placeholder: String)
  /// A value that the flag's type does not understand.
  case badValue(flag: String, text: String, expected: String, nearest: String? = nil)
  /// A positional argument too many.
  case unexpectedArgument(String)
  /// A positional argument or flag that must be there.
  case missing(String)
  /// Two components that declare the same flag.
  case declaredTwice(flag: String, first: String, second: String)
  /// A flag that fairseq has and Fairline refuses, with the reason and the remedy.
  case refused(flag: String, remedy: String)
  /// A settings file that cannot be read.
  case badFile(path: String, reason: String)
  /// Any other mistake, in one sentence that names the flag.
  case invalid(String)

  /// One sentence with the remedy.
  public var description: String {
    switch self {
    case .unknownFlag(let flag, let nearest, let file):
      let place = file.map { " in \($0)" } ?? ""
      return "unknown flag \(flag)\(place)" + (nearest.map { "; did you mean \($0)?" } ?? "")
    case .otherComponent(let flag, let owners):
      let plural = owners.count > 2 ? "s" : ""
      let more = owners.count > 1 ? " (and \(owners.count - 1) other\(plural))" : ""
      return "\(flag) belongs to the \(owners.first ?? "")\(more), which is not chosen: "
        + "choose it, or leave the flag out"
    case .otherProgram(let flag, let programs):
      return "\(flag) belongs to \(programs.joined(separator: " and ")): leave it out here"
    case .missingValue(let flag, let placeholder):
      return "\(flag) needs a value: \(flag) \(placeholder)"
    case .badValue(let flag, let text, let expected, let nearest):
      let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
      return "\(flag): '\(text)' is not \(expected)\(hint)"
    case .unexpectedArgument(let text):
      return "unexpected argument '\(text)': see --help for what this program takes"
    case .missing(let name):
      return "\(name) is missing: see --help"
    case .declaredTwice(let flag, let first, let second):
      return "\(flag) is declared by both \(first) and \(second): one of them must rename it"
    case .refused(let flag, let remedy):
      return "\(flag) is not supported: \(remedy)"
    case .badFile(let path, let reason):
      return "--config \(path): \(reason)"
    case .invalid(let sentence):
      return sentence
    }
  }
}
