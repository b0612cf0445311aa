import Fairline
import FairlineData

/// The settings of `fairline-learn-bpe`.
struct LearnBPESettings: Configuration {
  var input = "-"
  var output = ""
  var symbols = 10_000
  var minFrequency = 2

  static var options: [Option<Self>] {
    [
      Option(
        "input", aliases: ["i"], \.input,
        "text files of words, separated by commas; - for the standard input"),
      Option("output", aliases: ["o"], \.output, "file of codes to write"),
      Option(
        "symbols", aliases: ["s"], \.symbols, in: .from(1, to: 10_000_000),
        "number of pairs to learn, at most"),
      Option(
        "min-frequency", \.minFrequency, in: .from(1),
        "stop where the most frequent pair occurs less often"),
    ]
  }
}

/// What `fairline-learn-bpe` runs.
public enum LearnBPECommand {
  /// Learns codes as the command line says, and gives the exit code.
  public static func main(
    program: String = "fairline-learn-bpe",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run(
      program, "Learns codes of byte-pair encoding, for --bpe subword_nmt --bpe-codes.", arguments,
      Draft("Learning", LearnBPESettings())
    ) { settings in
      guard !settings.output.isEmpty else { throw OptionError.missing("--output") }
      var learning = SubwordLearning()
      (learning.merges, learning.minFrequency) = (settings.symbols, settings.minFrequency)
      let paths = SeparatedList.parts(of: settings.input, at: ",")
        .map { $0 == "-" ? "/dev/stdin" : $0 }
      let lines = try learning.learn(from: paths)
      let file = try FileWriter(settings.output)
      for line in lines { try file.write(Array((line + "\n").utf8)) }
      try file.finish()
      Program.note("\(lines.count - 1) pairs in \(settings.output)")
    }
  }
}
