import FairlineData

/// Lines that are translated together: their inputs, cut into batches, and the way back.
struct TranslationJob {
  /// The inputs of each batch, long ones first.
  let batches: [[GenerationInput]]
  private let lines: [String]
  private let inputs: [GenerationInput]
  /// The places of each batch's inputs among the lines.
  private let places: [[Int]]

  /// Reads lines.
  ///
  /// - Parameter first: the number of the first line.
  init(
    _ lines: [String], first: Int, _ translator: Translator, _ limits: BatchLimits?
  ) throws {
    self.lines = lines
    let coder = translator.coder
    let inputs = try lines.enumerated().map { try coder.input($1, id: first + $0) }
    let longest = translator.lengthLimits.source
    let order = inputs.indices.filter { inputs[$0].given.count <= longest }
      .sorted { inputs[$0].given.count > inputs[$1].given.count }  // stable
    places = try (limits ?? Self.limits(order.count, workers: translator.workerCount))
      .batches(of: order) { inputs[$0].given.count }
    batches = places.map { $0.map { inputs[$0] } }
    self.inputs = inputs
  }

  /// Batches for all workers; few lines are done soonest by one worker with all threads.
  private static func limits(_ count: Int, workers: Int) -> BatchLimits {
    let share = count < 2 * workers ? count : (count + workers - 1) / workers
    return BatchLimits(maxSentences: max(1, min(64, share)), requiredMultiple: 1)
  }

  /// The translations of the lines, in order.
  func translations(_ found: [[[Hypothesis]]], _ coder: TextCoder) -> [Translation] {
    var translations = zip(lines, inputs).map {
      Translation(line: $0, input: $1, outputs: [])
    }
    for (batch, places) in places.enumerated() {
      for (row, place) in places.enumerated() {
        translations[place].outputs = found[batch][row].map { hypothesis in
          TranslatedText(
            text: coder.text(of: coder.units(of: hypothesis, for: inputs[place])),
            symbols: hypothesis.tokens.filter { $0 != Vocabulary.eos }.map(
              coder.task.target.symbol),
            hypothesis: hypothesis, alignment: hypothesis.alignment(to: inputs[place].source))
        }
      }
    }
    return translations
  }
}
