/// What a program was asked instead of its work.
public enum InformationRequest: Equatable, Sendable {
  /// `--help`: print ``CommandLineParser/help(width:)``.
  case help
  /// `--version`: print the program's version.
  case version
  /// `--print-config`: print ``CommandLineParser/resolvedSettings()``.
  case settings
  /// `--completion SHELL`: print the script that completes flags.
  case completion(Shell)
}

/// What a command line said, besides the settings that went into the drafts.
public struct ParsedCommandLine: Sendable {
  /// Chief names (without dashes) of the flags that were given, by file or command line.
  public var given: Set<String> = []
  /// Sentences for the user about flags without effect.
  public var warnings: [String] = []
  /// What to print instead of working, if anything.
  public var request: InformationRequest?
}

/// Fills drafts of settings from command-line arguments; one parser for every program.
///
/// A program whose flags depend on other flags parses twice: first only the drafts that name the
/// components, with `ignoringUnknown`, then all drafts of the chosen components, strictly.
///
/// Every program understands `--help`, `--version`, `--config FILE`, `--print-config` and
/// `--completion SHELL` without declaring them. The command line wins over the file.
public struct CommandLineParser {
  /// The program's name, as help and completion show it.
  public let program: String
  /// One sentence about the program.
  public let summary: String
  let drafts: [any AnyDraft]
  let ignored: IgnoredFlags
  private let others: () -> [any AnyDraft]
  private let elsewhere: () -> [(program: String, drafts: [any AnyDraft])]
  private(set) var table: [String: Place] = [:]
  private(set) var positionals: [Place] = []

  /// Where a flag is declared.
  struct Place {
    let draft: any AnyDraft
    let index: Int
    let format: OptionFormat
    let preset: String
  }

  /// A parser over drafts; throws ``OptionError/declaredTwice(flag:first:second:)``.
  ///
  /// - Parameters:
  ///   - program: the program's name.
  ///   - summary: one sentence about the program.
  ///   - drafts: the settings to fill, in the order of the help's sections.
  ///   - ignored: flags to accept without effect; a draft that declares one wins.
  ///   - others: settings of what might have been chosen, whose flags are refused by name.
  ///   - elsewhere: settings of other programs, whose flags are refused with these.
  public init(
    program: String, summary: String = "", drafts: [any AnyDraft],
    ignored: IgnoredFlags = .fairseq, others: @escaping () -> [any AnyDraft] = { [] },
    elsewhere: @escaping () -> [(program: String, drafts: [any AnyDraft])] = { [] }
  ) throws {
    self.program = program
    self.summary = summary
    self.drafts = drafts
    self.ignored = ignored
    self.others = others
    self.elsewhere = elsewhere
    var owners: [String: String] = [:]
    for flag in BuiltInOptions.flags { owners[flag] = "every program" }
    for draft in drafts {
      for (index, format) in draft.formats.enumerated() {
        let place = Place(
          draft: draft, index: index, format: format, preset: draft.presetText(at: index))
        for flag in format.flags {
          if let first = owners[flag] {
            throw OptionError.declaredTwice(flag: flag, first: first, second: draft.title)
          }
          owners[flag] = draft.title
          table[flag] = place
        }
        if format.arity == .positional { positionals.append(place) }
      }
    }
  }

  /// Fills the drafts from arguments; throws ``OptionError``.
  ///
  /// - Parameters:
  ///   - arguments: the arguments without the program's name.
  ///   - ignoringUnknown: skip flags that no draft declares, and all positionals.
  public func parse(
    _ arguments: [String], ignoringUnknown: Bool = false
  ) throws -> ParsedCommandLine {
    let asksForHelp = arguments.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    var reader = ArgumentReader(parser: self, arguments, ignoringUnknown: ignoringUnknown)
    do {
      try reader.readAll()
    } catch {
      guard asksForHelp else { throw error }
    }
    if asksForHelp { reader.result.request = .help }
    return reader.result
  }

  /// All settings with their present values, as a file that `--config` reads back.
  public func resolvedSettings() -> JSONValue {
    var members = JSONObject()
    for draft in drafts {
      for (index, format) in draft.formats.enumerated() {
        members[format.names[0]] = draft.json(at: index)
      }
    }
    return .object(members)
  }

  /// The switch that `--no-name` turns off, if there is one.
  func negated(_ flag: String) -> Place? {
    guard flag.hasPrefix("--no-"), let place = table["--" + flag.dropFirst(5)],
      place.format.arity == .flag
    else { return nil }
    return place
  }

  /// The error for a flag that nobody declares.
  func unknown(_ flag: String, file: String? = nil) -> OptionError {
    // Of several owners the one with the shortest name is the plain one.
    let owners = others().filter { $0.formats.contains { $0.flags.contains(flag) } }.map(\.title)
    let named = file.map { "\(flag) in \($0)" } ?? flag
    if !owners.isEmpty {
      return .otherComponent(
        flag: named, owners: owners.sorted { ($0.count, $0) < ($1.count, $1) })
    }
    let programs = elsewhere().filter { program in
      program.drafts.contains { $0.formats.contains { $0.flags.contains(flag) } }
    }.map(\.program)
    if !programs.isEmpty { return .otherProgram(flag: named, programs: programs) }
    if let remedy = ignored.refused[flag] { return .refused(flag: named, remedy: remedy) }
    let known = table.filter { $0.value.format.arity != .positional && !$0.value.format.isHidden }
    let candidates = known.keys.sorted() + BuiltInOptions.flags
    return .unknownFlag(flag, nearest: Spelling.nearest(to: flag, among: candidates), file: file)
  }
}
