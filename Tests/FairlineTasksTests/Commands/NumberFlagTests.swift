import Foundation
import Testing

/// Every flag of a number, in every program and with every component of the catalogue.
@Suite struct NumberFlagTests {
  /// A flag of a program, with what chooses the component that it belongs to.
  struct Flag: Sendable, CustomTestStringConvertible {
    let program: String
    let choice: [String]
    /// All names, with dashes.
    let names: [String]
    let help: String

    var testDescription: String {
      "\(program) \(choice.joined(separator: " ")) \(names.joined(separator: " "))"
    }
  }

  /// What `--list` names under a heading.
  private static func names(_ heading: String, _ listing: String) -> [String] {
    let sections = listing.components(separatedBy: "\n").split { !$0.hasPrefix("  ") }
    let headings = listing.components(separatedBy: "\n").filter { $0.hasSuffix(":") }
    guard let place = headings.firstIndex(of: heading + ":") else { return [] }
    return sections[place].compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  /// The flags that take numbers, from the help that programs print.
  private static func flags(_ program: String, _ choice: [String] = []) throws -> [Flag] {
    let help = try Programs.run(program, choice + ["--help"]).output
    var entries: [String] = []
    for line in help.split(separator: "\n") {
      if line.hasPrefix("  -") || !line.hasPrefix(" ") {
        entries.append(String(line))
      } else if !entries.isEmpty {
        entries[entries.count - 1] += " " + line.drop { $0 == " " }
      }
    }
    return entries.compactMap { entry in
      let words = entry.split(separator: " ")
      guard let place = words.firstIndex(where: { !$0.hasPrefix("-") }), place > 0,
        ["N", "X", "N,N,…", "X,X,…"].contains(words[place])
      else { return nil }
      let names = words[..<place].map { String($0.drop { $0 == " " }.prefix { $0 != "," }) }
      return Flag(program: program, choice: choice, names: names, help: entry)
    }
  }

  static let all: [Flag] = {
    do {
      let listing = try Programs.run("fairline-train", ["--list"]).output
      var found = try [
        "fairline-preprocess", "fairline-train", "fairline-generate", "fairline-interactive",
        "fairline-score", "fairline-average", "fairline-quantize", "fairline-shortlist",
      ].flatMap { try flags($0) }
      let common = Set(found.filter { $0.program == "fairline-train" }.map(\.names))
      for (flag, heading) in [
        ("--arch", "architecture"), ("--criterion", "criterion"), ("--optimizer", "optimizer"),
        ("--lr-scheduler", "learning-rate scheduler"),
      ] {
        var known = common
        for name in names(heading, listing) {
          let more = try flags("fairline-train", [flag, name]).filter { !known.contains($0.names) }
          found += more
          // Schedules share names of flags and have ranges of their own.
          if flag != "--lr-scheduler" { known.formUnion(more.map(\.names)) }
        }
      }
      return found
    } catch {
      return []
    }
  }()

  @Test func everyNumberHasARange() {
    #expect(Self.all.count > 120)
    #expect(Set(Self.all.map(\.program)).count == 7)
    for name in ["--beam", "--node-rtol", "--adam-betas", "--lr-shrink", "--label-smoothing"] {
      #expect(Self.all.contains { $0.names.contains(name) }, "\(name)")
    }
    let ranges = ["(from ", "(above ", "(of at most ", "(a finite number"]
    for flag in Self.all {
      #expect(ranges.contains { flag.help.contains($0) }, "\(flag.testDescription): \(flag.help)")
    }
  }

  /// Values at which numbers overflow, or mean nothing.
  private static let nasty = [
    "-9223372036854775808", "-1", "0", "9223372036854775807", "1000000000", "1e308", "-inf", "nan",
  ]

  /// What a training must choose, beside the choice that brings the flag.
  private func components(_ flag: Flag) -> [String] {
    guard flag.program == "fairline-train" else { return [] }
    return ["--arch", "transformer", "--optimizer", "adam"] + flag.choice
  }

  @Test func noValueTraps() throws {
    for flag in Self.all {
      var refused = 0
      for value in Self.nasty {
        // Nothing to work on is given, so that a value that is taken ends in another error.
        let run = try Programs.run(
          flag.program, components(flag) + ["\(flag.names[0])=\(value)"])
        let call = "\(flag.testDescription) \(value)"
        #expect((1...2).contains(run.code), "\(call): \(run.code) \(run.errors)")
        if run.errors.contains(" is not ") {
          refused += 1
          let isNamed = flag.names.contains { run.errors.contains("\($0): '\(value)'") }
          #expect(isNamed, "\(call): \(run.errors)")
        }
      }
      // A flag that takes any finite number refuses the two that are not.
      #expect(refused >= 2, "\(flag.testDescription)")
    }
  }
}
