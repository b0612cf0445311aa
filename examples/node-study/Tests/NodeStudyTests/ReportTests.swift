import Foundation
import FoundationXML
import NodeStudy
import Testing

/// The report in both forms.
@Suite struct ReportTests {
  /// Everything between `<svg` and `</svg>`.
  private func pictures(_ page: String) -> [String] {
    page.components(separatedBy: "<svg").dropFirst().map {
      "<svg" + ($0.components(separatedBy: "</svg>").first ?? "") + "</svg>"
    }
  }

  private func isXML(_ text: String) -> Bool { XMLParser(data: Data(text.utf8)).parse() }

  @Test func thePageNeedsNothingElse() {
    let page = HTMLReport(MadeUp.complete).text
    #expect(!page.contains("<script") && !page.contains("<link") && !page.contains("<img"))
    #expect(!page.contains("url(") && !page.contains("@import"))
    let links = page.components(separatedBy: "http").dropFirst()
    #expect(links.allSatisfy { $0.hasPrefix("://www.w3.org/2000/svg") })
    let all = pictures(page)
    #expect(all.count == 1 + 3 * 3 + 4 + 1)
    for picture in all {
      #expect(isXML(picture))
      #expect(!picture.contains("nan") && !picture.contains("inf\""))
    }
  }

  @Test func bothFormsHaveEverything() {
    let results = MadeUp.complete
    let (page, text) = (HTMLReport(results).text, MarkdownReport(results).text)
    for row in results.rows {
      #expect(page.contains(Markup.escaped(row.title)))
      #expect(text.contains("| \(row.title) | "))
      #expect(text.contains("`\(row.name)`"))
    }
    for conclusion in Conclusion.all(results) {
      #expect(text.contains("### \(conclusion.number). \(conclusion.claim)"))
      #expect(page.contains(Markup.escaped(conclusion.claim)))
      #expect(page.contains(Markup.escaped(conclusion.rule)))
    }
    for (name, svg) in MarkdownReport(results).pictures {
      #expect(text.contains("](\(name))"))
      #expect(isXML(svg))
    }
    #expect(!text.contains("Not all rows are trained"))
  }

  @Test func partsOfAStudyAreTold() {
    var broken = RowResult(name: "study-as-was", seed: 1)
    broken.failure = "broke off: numbers were no longer finite"
    let results = MadeUp.study(MadeUp.row("classic-1"), broken)
    for text in [HTMLReport(results).text, MarkdownReport(results).text] {
      #expect(text.contains("Not all rows are trained"))
      #expect(text.contains("broke off: numbers were no longer finite"))
    }
    // One row and no row are reports as well.
    #expect(HTMLReport(MadeUp.study()).text.hasSuffix("</html>\n"))
  }
}
