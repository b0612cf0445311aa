import FairlineTesting
import Foundation
import Testing

/// fairseq's flags: each is accepted, has no effect for a reason that is told, or is refused with
/// its remedy.
@Suite struct FairseqFlagTests {
  /// A line of the list: a program, a flag with a value, what becomes of it, and what must be
  /// given as well.
  struct Entry: Sendable, CustomTestStringConvertible {
    let program: String
    let flag: [String]
    let treatment: String
    let with: [String]

    var testDescription: String { "\(program) \(flag.joined(separator: " "))" }
  }

  static let all: [Entry] = {
    FixtureFolder.all("flags").flatMap(\.paths).filter { $0.hasSuffix(".txt") }.flatMap { path in
      let url = FixtureFolder.all("flags")[0].url.appendingPathComponent(path)
      let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
      return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
        let parts = line.split(separator: "|", omittingEmptySubsequences: false)
          .map { $0.trimmingCharacters(in: .whitespaces) }
        return Entry(
          program: parts[0], flag: parts[1].components(separatedBy: " "), treatment: parts[2],
          with: parts[3].split(separator: " ").map(String.init))
      }
    }
  }()

  /// What every program needs before its other flags are read.
  static let needed = ["fairline-train": ["--arch", "transformer", "--optimizer", "adam"]]

  private func arguments(_ entry: Entry) -> [String] {
    let needed = Self.needed[entry.program, default: []]
    return (entry.with.contains("--arch") || entry.with.contains("--optimizer") ? [] : needed)
      + entry.with + entry.flag + ["--print-config"]
  }

  @Test func theListIsThere() {
    for (program, least) in [
      ("fairline-preprocess", 30), ("fairline-train", 200), ("fairline-generate", 80),
      ("fairline-interactive", 60), ("fairline-score", 6),
    ] {
      #expect(Self.all.count { $0.program == program } >= least, "\(program)")
    }
    #expect(
      Self.all.allSatisfy { ["accepted", "ignored", "refused"].contains($0.treatment) })
  }

  @Test(arguments: all) func isTreatedAsTheListSays(_ entry: Entry) throws {
    let run = try Programs.run(entry.program, arguments(entry))
    let name = entry.flag[0]
    switch entry.treatment {
    case "accepted":
      #expect(run.code == 0, "\(run.errors)")
      #expect(!run.errors.contains("has no effect"), "\(run.errors)")
    case "ignored":
      #expect(run.code == 0, "\(run.errors)")
    default:
      // What the list calls refused may have come since.
      if run.code == 0, !run.errors.contains("has no effect") { return }
      #expect(run.code == 2 && !run.errors.contains("unknown flag"), "\(run.errors)")
      #expect(run.errors.contains(name), "\(run.errors)")
      let remedy = run.errors.split(separator: ":").last ?? ""
      #expect(remedy.count > 12, "no remedy: \(run.errors)")
    }
  }
}
