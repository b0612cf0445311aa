public import Fairline
public import FairlineData

/// The settings of the language modelling task, under fairseq's names.
public struct LanguageModelingSettings: Configuration, Equatable {
  /// Where the text is cut into blocks.
  public var sampleBreakMode = BreakMode.anywhere
  /// The most symbols of a block.
  public var tokensPerSample = 1024
  /// How many symbols of the dictionary are predicted, -1 for all; others are the unknown symbol.
  public var outputDictionarySize = -1
  /// Whether the symbol that is read is predicted.
  public var selfTarget = false
  /// Whether the next symbol is predicted; it is when no target is named.
  public var futureTarget = false
  /// Whether the symbol before is predicted.
  public var pastTarget = false
  /// Whether blocks begin with the begin symbol instead of an end.
  public var addBosToken = false
  /// The longest text a model takes; ``tokensPerSample`` when nil.
  public var maxTargetPositions: Int?
  /// How over-long sentences are shortened before blocks are made.
  public var shortenMethod = ShorteningMethod.unchanged
  /// The subsets whose sentences are shortened, separated by commas; empty for all.
  public var shortenDataSplitList = ""

  /// fairseq's defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] { blocks + targets }

  private static var blocks: [Option<Self>] {
    [
      Option("sample-break-mode", \.sampleBreakMode, "how text is split into blocks"),
      Option(
        "tokens-per-sample", \.tokensPerSample, in: .from(1, to: 1_000_000),
        "maximum length of a block"),
      Option("add-bos-token", \.addBosToken, "start blocks and prompts with the begin symbol"),
      Option(
        "max-target-positions", \.maxTargetPositions, in: .from(1, to: 1_000_000),
        "maximum length of a text (default: --tokens-per-sample)"),
      Option("shorten-method", \.shortenMethod, "how sentences longer than a block are shortened"),
      Option(
        "shorten-data-split-list", \.shortenDataSplitList,
        "subsets whose sentences are shortened, separated by commas (default: all)"),
    ]
  }

  private static var targets: [Option<Self>] {
    [
      Option(
        "output-dictionary-size", \.outputDictionarySize, in: .from(-1, to: 100_000_000),
        "predict only this many first symbols of the dictionary; -1 for all"),
      Option("self-target", \.selfTarget, "predict the current symbol"),
      Option(
        "future-target", \.futureTarget, "predict the next symbol, as without any of these flags"),
      Option("past-target", \.pastTarget, "predict the previous symbol"),
    ]
  }

  /// What is predicted.
  public var targets: [MonolingualDataset.Target] {
    let chosen: [(MonolingualDataset.Target, Bool)] = [
      (.own, selfTarget), (.future, futureTarget), (.past, pastTarget),
    ]
    let targets = chosen.filter(\.1).map(\.0)
    return targets.isEmpty ? [.future] : targets
  }

  /// The longest text, a begin symbol included.
  var maximumPositions: Int { maxTargetPositions ?? tokensPerSample + (addBosToken ? 1 : 0) }

  /// Refuses settings that contradict each other or the dictionary.
  func check(symbols: Int) throws {
    for (flag, isGiven) in [("--self-target", selfTarget), ("--past-target", pastTarget)]
    where isGiven {
      throw UserError(
        "\(flag) is predicted by no architecture here: they predict the next symbol, "
          + "so leave it out")
    }
    if outputDictionarySize == 0 || 1...4 ~= outputDictionarySize {
      throw UserError(
        "--output-dictionary-size \(outputDictionarySize) leaves no word: give at least 5, "
          + "or -1 for all")
    }
    if outputDictionarySize > symbols {
      throw UserError(
        "--output-dictionary-size \(outputDictionarySize) is more than the dictionary's "
          + "\(symbols) symbols: give fewer, or -1 for all")
    }
    if addBosToken, sampleBreakMode != .sentence, let longest = maxTargetPositions,
      longest == tokensPerSample
    {
      throw UserError(
        "--add-bos-token makes blocks of \(longest + 1) symbols, more than "
          + "--max-target-positions \(longest): give \(longest + 1)")
    }
  }
}
