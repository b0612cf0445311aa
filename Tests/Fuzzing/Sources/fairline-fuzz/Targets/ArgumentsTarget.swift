import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import Foundation

/// Command lines of all programs: the first byte chooses the program, arguments end with a line.
///
/// All settings are read and checked. The programs that need no data do their work too.
struct ArgumentsTarget: FuzzTarget {
  private static var plugins: [any Plugin.Type] {
    [StandardModels.self, NodeTransformerPlugin.self]
  }
  /// Programs; the second says whether it runs, or prints its settings only.
  private static let programs: [(run: @Sendable ([String]) -> Int32, works: Bool)] = [
    ({ TrainCommand.main(plugins: plugins, arguments: $0) }, false),
    ({ GenerateCommand.main(plugins: plugins, arguments: $0) }, false),
    ({ InteractiveCommand.main(plugins: plugins, arguments: $0) }, false),
    ({ PreprocessCommand.main(arguments: $0) }, false),
    ({ ScoreCommand.main(arguments: $0) }, true),
    ({ AverageCommand.main(arguments: $0) }, true),
    ({ QuantizeCommand.main(plugins: plugins, arguments: $0) }, true),
    ({ ShortlistCommand.main(arguments: $0) }, false),
  ]
  /// Choices that bring most flags along.
  private static let choices = [
    0: [
      "--arch", "transformer", "--optimizer", "adam", "--criterion",
      "label_smoothed_cross_entropy", "--lr-scheduler", "polynomial_decay",
    ]
  ]

  func seeds() throws -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    for program in Self.programs.indices {
      let start = Self.choices[program, default: []] + ["data"]
      let lines = [start] + (try flags(of: program).map { start + [$0, "1"] })
      for arguments in lines {
        seeds.append([UInt8(program)] + Array(arguments.joined(separator: "\n").utf8))
      }
    }
    return seeds
  }

  var tokens: [String] {
    let flags = Self.programs.indices.compactMap { try? self.flags(of: $0) }.joined()
    return Set(flags + Hostile.numbers + Hostile.texts.filter { !$0.isEmpty }).sorted()
  }

  /// The flags that the help of a program shows.
  private func flags(of program: Int) throws -> [String] {
    let help = try Files.output {
      _ = Self.programs[program].run(Self.choices[program, default: []] + ["--help"])
    }
    let words = help.split { !$0.isASCII || !($0.isLetter || $0.isNumber || $0 == "-") }
    return Set(words.filter { $0.hasPrefix("--") && $0.count > 2 }.map(String.init)).sorted()
  }

  func read(_ bytes: [UInt8]) throws {
    if bytes.isEmpty { return }
    let program = Self.programs[Int(bytes[0]) % Self.programs.count]
    // No path leads out of the folder that the process works in.
    var arguments = String(decoding: bytes.dropFirst(), as: UTF8.self)
      .replacing("/", with: "_").replacing("\0", with: "_")
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if !program.works { arguments.insert("--print-config", at: 0) }
    let code = program.run(arguments)
    precondition(0...2 ~= code, "exit code \(code)")
  }
}
