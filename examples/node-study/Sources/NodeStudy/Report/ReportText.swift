import Fairline

/// The texts that both forms of the report have in common.
struct ReportText {
  let results: StudyResults
  private var plan: StudyPlan { results.plan }

  /// The report's title.
  static let title = "The neural-ODE Transformer, studied again"

  /// What the report is.
  var introduction: String {
    """
    In 2019 a study replaced a Transformer's layers by the solution of a differential equation and \
    found that it learned worse at many times the cost. This report trains that model as it was, \
    the same model done right, and a field that contains the ordinary layer, all under the same \
    conditions, and sets the study's ten conclusions beside what was measured.
    """
  }

  /// How far the study is; nil when it is complete.
  var state: String? {
    let missing = results.rows.filter { row in
      results.trainedRows.allSatisfy { $0.name != row.name }
    }
    guard !missing.isEmpty else { return nil }
    return "Not all rows are trained: \(missing.map(\.title).joined(separator: ", ")) "
      + "\(missing.count == 1 ? "is" : "are") missing. The same command goes on."
  }

  /// A warning about quick studies; nil for others.
  var caution: String? {
    guard plan.quick else { return nil }
    return
      "This was a quick run: small models and \(plan.updates) updates. Costs and evaluations can "
      + "be read from it; qualities are those of models that have hardly begun to learn."
  }

  /// What all rows have in common.
  var protocolLines: [String] {
    let embeddings =
      plan.sharesVocabulary
      ? "one table of embeddings for encoder, decoder and output"
      : "the decoder's embeddings are the output projection"
    let seeds =
      results.seeds == 1
      ? "1 seed" : "\(results.seeds) seeds, of which the table shows means and the charts the first"
    let epochs = NumberText.fixed(Double(plan.updates) / Double(max(plan.epochUpdates, 1)), 2)
    return [
      "Data: \(plan.languages), \(NumberText.grouped(plan.trainingPairs)) training pairs, "
        + "\(NumberText.grouped(plan.symbols)) target symbols whose frequencies have an entropy of "
        + "\(Wording.bits(plan.unigramBits)) bits.",
      "Models: width \(plan.width), feed-forward \(plan.hidden), \(plan.heads) heads, "
        + "\(embeddings), dropout 0.1. L is \(plan.layers).",
      "Training: Adam (0.9, 0.98), inverse square root schedule up to "
        + "\(NumberText.general(plan.lr)) after \(plan.warmup) updates, label smoothing 0.1, "
        + "clipping at 1, weight decay \(NumberText.general(StudyRow.usualDecay)), batches of at "
        + "most \(plan.maxTokens) tokens.",
      "Length: \(plan.updates) updates (\(epochs) epochs) for rows with fixed steps, "
        + "\(plan.adaptiveUpdates) for rows with adaptive steps, of which one update costs many "
        + "times as much. Rows are compared after as many updates as both have made: the schedule "
        + "is the same in all.",
      "Same batches in the same order and the same seed for all rows; \(seeds).",
      "Translations: \(plan.subset)\(plan.sentences > 0 ? ", \(plan.sentences) sentences" : ""), "
        + "beam \(plan.beam), BLEU as sacreBLEU computes it. Decoders with adaptive steps are "
        + "searched with two steps of rk4.",
      "Differences of at most \(Wording.bits(results.margin)) bits count as none (the margin: "
        + "\(Wording.bits(StudyResults.leastMargin)), or half the range between seeds where that "
        + "is more).",
    ]
  }

  /// The flags of `fairline-train` that all rows share.
  var sharedFlags: String {
    let tied =
      plan.sharesVocabulary ? "--share-all-embeddings" : "--share-decoder-input-output-embed"
    return "--encoder-embed-dim \(plan.width) --encoder-ffn-embed-dim \(plan.hidden) "
      + "--encoder-attention-heads \(plan.heads) --decoder-attention-heads \(plan.heads) \(tied) "
      + "--dropout 0.1 --criterion label_smoothed_cross_entropy --label-smoothing 0.1 --optimizer "
      + "adam --adam-betas '(0.9, 0.98)' --lr-scheduler inverse_sqrt --warmup-updates "
      + "\(plan.warmup) --lr \(NumberText.general(plan.lr)) --clip-norm 1 --max-tokens "
      + "\(plan.maxTokens) --max-update \(plan.updates)"
  }

  /// The most important numbers: a large one, and what it is.
  var highlights: [(value: String, text: String)] {
    var found: [(String, String)] = []
    func add(_ name: String, _ other: String, _ what: String) {
      guard let gap = results.gap(name, over: other), let row = results.row(other) else { return }
      let factor = results.slowdown(name, over: other).map {
        " at \(Wording.times($0)) its processor time"
      }
      found.append(("\(Wording.signed(gap)) bits", "\(what) against \(row.title)\(factor ?? "")"))
    }
    add("study-as-was", "classic-1", "The study as it was")
    add("study-right", "classic-1", "The study's field done right")
    if let best = Conclusion.bestShallow(results), let row = results.row(best.name) {
      add(best.name, "classic-1", "The best NODE of one layer of weights (\(row.title))")
    }
    add("pieces", "classic-deep", "\(plan.layers) pieces of depth")
    return found
  }
}
