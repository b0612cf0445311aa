import Fairline

enum Colour: String, CaseIterable, Codable, Sendable, OptionValue { case red, green, blue }

struct Inner: Configuration, Equatable {
  var dim = 512
  var isPreNorm = false

  init() {}
  init(dim: Int) { self.dim = dim }

  static var options: [Option<Self>] {
    [
      Option("embed-dim", \.dim, "width of the states"),
      Option("normalize-before", \.isPreNorm, "normalise before each block"),
    ]
  }
}

struct Sample: Configuration, Equatable {
  var data = ""
  var inner = Inner()
  var language: String?
  var batchSize: Int? = 8
  var rate: Float = 0.1
  var epsilon = 1e-8
  var betas = [0.9, 0.999]
  var colour = Colour.red
  var leftPad = true
  var separator: String?
  var inputs: [String] = []
  var shapes: [[Int]] = []
  var overrides: JSONValue = [:]

  static var options: [Option<Self>] {
    Inner.options(inside: \.inner) + [
      Option(positional: "data", \.data, "the data folder"),
      Option("source-lang", aliases: ["s"], \.language, "source language", value: "LANG"),
      Option("batch-size", aliases: ["max-sentences"], \.batchSize, "sentences per batch"),
      Option("lr", \.rate, "learning rate"),
      Option("eps", \.epsilon, "a small number"),
      Option("adam-betas", \.betas, "decay rates"),
      Option("colour", \.colour, "a colour"),
      Option("left-pad", \.leftPad, "pad on the left"),
      Option("remove-bpe", \.separator, "joins sub-words", bare: "@@ "),
      Option("inputs", \.inputs, "files", collects: true),
      Option("shapes", \.shapes, "nested lists"),
      Option("overrides", \.overrides, "settings as JSON"),
    ]
  }
}

func parse(
  _ arguments: String..., ignoringUnknown: Bool = false
) throws -> (sample: Sample, result: ParsedCommandLine) {
  let draft = Draft<Sample>("Sample")
  let parser = try CommandLineParser(program: "sample", drafts: [draft])
  let result = try parser.parse(arguments, ignoringUnknown: ignoringUnknown)
  return (draft.value, result)
}
