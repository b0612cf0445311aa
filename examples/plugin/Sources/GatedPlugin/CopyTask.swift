import Fairline
import FairlineData
import FairlineGeneration
import FairlineTensor

/// Copying random letters: a task that makes its own data, is trained on and generated for.
public final class CopyTask: GenerationTask {
  /// The settings; a checkpoint remembers them.
  public struct Settings: Configuration {
    var letters = 8
    var length = 6
    var sentences = 600

    public init() {}

    public static var options: [Option<Self>] {
      [
        Option("copy-letters", \.letters, in: .from(1, to: 26), "different letters"),
        Option("copy-length", \.length, in: .from(1, to: 1000), "longest line in letters"),
        Option("copy-sentences", \.sentences, in: .from(1, to: 1_000_000), "lines for training"),
      ]
    }
  }

  public let text: TaskText
  public let validationSets = ["valid"]
  private let settings: Settings
  private let batchSize: Int

  /// Makes the task; there is no data folder.
  public init(_ settings: Settings, _ context: TaskContext) throws {
    guard (1...26).contains(settings.letters), settings.length > 0 else {
      throw UserError("--copy-letters is 1 to 26, and --copy-length 1 or more")
    }
    var vocabulary = Vocabulary()
    for letter in "abcdefghijklmnopqrstuvwxyz".prefix(settings.letters) {
      vocabulary.add(String(letter))
    }
    text = TaskText(source: vocabulary, target: vocabulary)
    self.settings = settings
    batchSize = context.dataset.batchSize ?? 32
  }

  public var description: TaskDescription {
    TaskDescription(
      sourceSymbols: text.source.count, targetSymbols: text.target.count, sharesVocabulary: true,
      maximumSourcePositions: 64, maximumTargetPositions: 64)
  }

  public func trainingEpoch(_ epoch: Int) -> any BatchSource {
    CopyBatches(lines: lines(settings.sentences, seed: epoch), size: batchSize)
  }

  public func validation(_ name: String) -> any BatchSource {
    CopyBatches(lines: lines(50, seed: -1), size: batchSize)
  }

  /// Every subset is another 50 lines, each its own reference.
  public func generationInputs(_ subset: String) -> any GenerationInputs {
    let lines = lines(50, seed: subset == "valid" ? -1 : -2)
    return ListedInputs(
      lines.enumerated().map { GenerationInput(id: $0, source: $1, reference: $1) })
  }

  /// Random lines, the same for the same seed, each with its end.
  private func lines(_ count: Int, seed: Int) -> [[Int32]] {
    var random = RandomSource(seed: UInt64(bitPattern: Int64(seed)))
    func draw(_ below: Int) -> Int { Int(random.uniform() * Double(below)) }
    return (0..<count).map { _ in
      (0...draw(settings.length)).map { _ in Int32(4 + draw(settings.letters)) } + [Vocabulary.eos]
    }
  }
}

/// Lines in batches of one size.
private struct CopyBatches: BatchSource {
  let lines: [[Int32]]
  let size: Int

  var count: Int { (lines.count + size - 1) / size }

  func batch(_ index: Int) -> Batch {
    let places = Array((index * size)..<min((index + 1) * size, lines.count))
    let own = places.map { lines[$0] }
    return .pairs(ids: places, sources: own, targets: own)
  }
}
