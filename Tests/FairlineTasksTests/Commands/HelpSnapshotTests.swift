import FairlineTesting
import Foundation
import Testing

/// What the programs print about themselves, against files in `Snapshots`.
///
/// With FAIRLINE_UPDATE_SNAPSHOTS=1 in the environment, the files are written anew instead.
@Suite struct HelpSnapshotTests {
  private static let variable = "FAIRLINE_UPDATE_SNAPSHOTS"

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Snapshots")

  /// Every program of the package.
  private static let programs: [String] = {
    let sources = folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    let programs = FixtureFolder(sources).folders.map(\.lastPathComponent)
      .filter { $0.hasPrefix("fairline-") }
    precondition(!programs.isEmpty, "\(sources.path) has no program")
    return programs
  }()

  /// The arguments behind the programs' names.
  static let commands: [[String]] =
    programs.map { [$0, "--help"] } + [
      ["fairline-train", "--help", "--arch", "transformer_iwslt_de_en"],
      [
        "fairline-train", "--help", "--arch", "transformer", "--optimizer", "adam",
        "--lr-scheduler", "inverse_sqrt", "--criterion", "label_smoothed_cross_entropy",
      ],
      ["fairline-train", "--list"],
    ]

  private static func file(_ command: [String]) -> String {
    command.map { $0.replacing("--", with: "") }.joined(separator: ".") + ".txt"
  }

  @Test(arguments: commands) func printsWhatItPrinted(_ command: [String]) throws {
    let run = try Programs.run(command[0], Array(command.dropFirst()))
    #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
    let file = Self.folder.appending(path: Self.file(command))
    if ProcessInfo.processInfo.environment[Self.variable] == "1" {
      return try Data(run.output.utf8).write(to: file)
    }
    let expected = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let (found, known) = (lines(run.output), lines(expected))
    let place = zip(found, known).prefix { $0 == $1 }.count
    let text = command.joined(separator: " ")
    #expect(
      run.output == expected,
      """
      '\(text)' prints in line \(place + 1): \(place < found.count ? found[place] : "(nothing)")
      \(file.lastPathComponent) has there: \(place < known.count ? known[place] : "(nothing)")
      If the change is meant, run the tests with \(Self.variable)=1 and look at the difference.
      """)
  }

  @Test func everySnapshotIsCompared() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    let known = Self.commands.map(Self.file)
    #expect(Self.programs.count >= 6)
    #expect(files.filter { !known.contains($0) } == [], "no command prints these: remove them")
  }

  private func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}
