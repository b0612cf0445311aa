import Charts

/// The study's conclusions beside what was measured, in HTML.
struct HTMLConclusions {
  private let conclusions: [Conclusion]

  init(_ results: StudyResults) { conclusions = Conclusion.all(results) }

  var text: String {
    "<div class=\"conclusions\">" + conclusions.map(card).joined(separator: "\n") + "</div>"
  }

  private func card(_ conclusion: Conclusion) -> String {
    let measured =
      conclusion.measured.isEmpty
      ? "<li>Nothing was measured yet.</li>"
      : conclusion.measured.map { "<li>\(Markup.escaped($0))</li>" }.joined()
    return """
      <article class="\(conclusion.verdict.rawValue)">
      <div class="claim"><span class="number">\(conclusion.number)</span>
      <p>\(Markup.escaped(conclusion.claim))</p></div>
      <p class="verdict">\(Markup.escaped(conclusion.reading))</p>
      <ul>\(measured)</ul>
      <p class="rule"><b>Rule.</b> \(Markup.escaped(conclusion.rule))</p>
      </article>
      """
  }
}
