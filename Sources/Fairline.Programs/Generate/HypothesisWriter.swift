import FairlineGeneration
import Foundation

/// Writes what was given and found as fairseq prints it.
struct HypothesisWriter {
  private let coder: TextCoder
  private let output: OutputSettings
  private let settings: GenerationSettings
  /// Whether sources are shown as plain text too; the interactive program shows their units.
  private let decodesSources: Bool

  init(_ setup: GenerationSetup, decodesSources: Bool) {
    coder = setup.translator.coder
    output = setup.output
    settings = setup.generation
    self.decodesSources = decodesSources
  }

  /// All lines of one sentence.
  ///
  /// - Parameter extra: lines between what was given and what was found.
  func lines(
    _ input: GenerationInput, _ found: [Hypothesis], extra: [String] = []
  ) -> [String] {
    described(input, found, extra).map(Self.onOneLine)
  }

  /// A line that its text cannot break: pieces may stand for line feeds.
  static func onOneLine(_ line: String) -> String {
    guard line.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return line }
    var scalars = String.UnicodeScalarView()
    scalars.append(
      contentsOf: line.unicodeScalars.map { ["\n", "\r"].contains($0) ? " " : $0 })
    return String(scalars)
  }

  private func described(
    _ input: GenerationInput, _ found: [Hypothesis], _ extra: [String]
  ) -> [String] {
    if output.plain { return [plain(found.first, input)] }
    let given = shownSource(input)
    var lines = ["S-\(input.id)\t\(decodesSources ? coder.text(given: given) : given)"]
    if let reference = input.reference {
      let text = coder.text(of: coder.units(ofReference: reference, for: input))
      lines.append("T-\(input.id)\t\(text)")
    }
    lines += extra
    lines += input.constraints.map { "C-\(input.id)\t\(coder.units(of: $0))" }
    for hypothesis in found.prefix(settings.nbest) { lines += self.lines(hypothesis, of: input) }
    if found.isEmpty { lines += Self.nothing(input.id) }
    return lines
  }

  /// The lines in place of a hypothesis where there is none.
  static func nothing(_ id: Int) -> [String] { ["H-\(id)\t-inf\t", "D-\(id)\t-inf\t"] }

  private func shownSource(_ input: GenerationInput) -> String {
    if coder.unknownWords != nil, let text = input.sourceText { return text }
    return coder.units(given: input.given)
  }

  /// The best output as plain text; empty when there is none.
  private func plain(_ best: Hypothesis?, _ input: GenerationInput) -> String {
    best.map { coder.text(of: coder.units(of: $0, for: input)) } ?? ""
  }

  /// The lines of a hypothesis.
  private func lines(_ hypothesis: Hypothesis, of input: GenerationInput) -> [String] {
    let (id, units) = (input.id, coder.units(of: hypothesis, for: input))
    let score = Self.baseTwo(hypothesis.score)
    var lines = ["H-\(id)\t\(score)\t\(units)", "D-\(id)\t\(score)\t\(coder.text(of: units))"]
    let each = hypothesis.positionalScores.map {
      String(format: "%.4f", Double($0 / Float(M_LN2)))
    }
    lines.append("P-\(id)\t" + each.joined(separator: " "))
    if let kind = settings.printAlignment {
      lines.append("A-\(id)\t" + alignment(hypothesis, input.source, kind))
    }
    return lines
  }

  /// A natural-log score in base 2: the quotient in single precision, shown as its double.
  static func baseTwo(_ score: Float) -> String {
    let value = Double(score / Float(M_LN2))
    return value == -.infinity ? "-inf" : "\(value)"
  }

  private func alignment(
    _ hypothesis: Hypothesis, _ source: [Int32], _ kind: GenerationSettings.AlignmentKind
  ) -> String {
    switch kind {
    case .soft:
      return (hypothesis.attention ?? []).map { row in
        row.map { String(format: "%.6f", Double($0)) }.joined(separator: ",")
      }.joined(separator: " ")
    case .hard:
      return hypothesis.alignment(to: source).map { "\($0.source)-\($0.target)" }
        .joined(separator: " ")
    }
  }
}
