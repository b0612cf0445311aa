import ExampleSupport
import Foundation

/// What the command line chooses.
struct Settings {
  static let usage = """
    usage: fairline-compare NAME[/ROW] ... | core | all | render | list
             [--level v3|v4] [--rounds N] [--updates N] [--threads N] [--data DIR] [--model DIR]
             [--text DIR] [--languages SRC-TGT] [--python FILE] [--programs DIR] [--out DIR]
             [--work DIR] [--max-points N] [--impatient]

      NAME        a comparison; `list` shows them with what they need and how long they take
      NAME/ROW    one of its rows only, such as decode/int8-beam5
      core        training, translating and solving: what is asked of every level; about 16 minutes
                  with five rounds on two idle cores, in proportion with --rounds
      all         everything; `list` says how long that takes
      render      write tables and pictures again from what was measured before
      --level     instructions that both sides may use: v3 is AVX2, v4 is AVX-512 (the best that
                  the machine has)
      --rounds    measurements of each program, by turns (5)
      --updates   training updates of each measurement (as many as the comparison asks for)
      --data      folder of preprocessed data
      --model     folder of a model: model.safetensors, config.json, dict.txt, spm.model
      --text      folder of plain text: train.SRC, train.TGT, val.SRC, val.TGT
      --languages languages of data and text (en-de)
      --python    interpreter that has the peers' libraries (python3)
      --programs  folder of Fairline's programs (.build/release)
      --out       folder of RESULTS.md, results.json, pictures and peers (Benchmarks)
      --work      folder for what is made on the way (OUT/.build/compare)
      --max-points  measure the first N points of a growth only
      --impatient measure although other programs keep the machine busy: for trying things out

    A row that falls short of the ratio that is asked for at its level is named at the end, and the
    program exits with 1.
    """

  var names: [String]
  var level: Level
  var rounds: Int
  var updates: Int?
  var threads: Int
  var data: String?
  var model: String?
  var text: String?
  var languages: (source: String, target: String)
  var python: String
  var programs: String
  var out: String
  var work: String
  var maxPoints: Int
  var isImpatient: Bool

  /// Reads the command line.
  init() {
    var arguments = Arguments(usage: Self.usage)
    level = Level.best
    if let name = arguments.value("--level") {
      guard let chosen = Level(rawValue: name), chosen != .native else {
        arguments.fail("--level: there are v3 and v4, not '\(name)'")
      }
      guard chosen.isPossible else {
        arguments.fail("--level: this machine has no \(chosen.title)")
      }
      level = chosen
    }
    rounds = arguments.count("--rounds", default: 5)
    let some = arguments.count("--updates", default: Int.max)
    updates = some == Int.max ? nil : some
    threads = arguments.count("--threads", default: ProcessInfo.processInfo.activeProcessorCount)
    data = arguments.value("--data")
    model = arguments.value("--model")
    text = arguments.value("--text")
    let pair = (arguments.value("--languages") ?? "en-de").split(separator: "-").map(String.init)
    guard pair.count == 2 else {
      arguments.fail("--languages: give two languages with a hyphen between them, such as en-de")
    }
    languages = (pair[0], pair[1])
    python = arguments.value("--python") ?? "python3"
    programs = arguments.value("--programs") ?? ".build/release"
    out = arguments.value("--out") ?? "Benchmarks"
    work = arguments.value("--work") ?? out + "/.build/compare"
    maxPoints = arguments.count("--max-points", default: 100)
    isImpatient = arguments.flag("--impatient")
    names = arguments.words()
    arguments.finish()
    if names.isEmpty { arguments.fail("name a comparison, or core, all, render or list") }
  }
}

/// A mistake of the user, or a program that did not do what it should.
struct CompareError: Error, CustomStringConvertible {
  let description: String
  /// Whether the command line is what is wrong.
  let isUsage: Bool

  init(_ description: String, isUsage: Bool = false) {
    self.description = description
    self.isUsage = isUsage
  }
}

extension Optional {
  /// The value, or an error with this sentence.
  func orThrow(_ sentence: @autoclosure () -> String) throws -> Wrapped {
    guard let value = self else { throw CompareError(sentence()) }
    return value
  }
}

/// Tells the user what happens, apart from results.
func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
