import Fairline
import FairlineTasks
import Foundation

let code = Program.run("fairline-score") {
  let draft = Draft<ScoreConfiguration>("Scoring")
  let parser = try CommandLineParser(
    program: "fairline-score",
    summary: "Scores translations: fairseq's BLEU on tokens, or sacreBLEU's BLEU, chrF or TER.",
    drafts: [draft])
  let parsed = try parser.parse(Array(CommandLine.arguments.dropFirst()))
  parsed.warnings.forEach { Program.note("fairline-score: \($0)") }
  if try Program.answer(
    parsed.request, parser, version: "fairline-score \(Program.fairlineVersion)")
  {
    return
  }
  try ScoreCommand(draft.value).run(
    output: { try Program.put($0 + "\n") }, note: { Program.note($0) })
}
exit(code)
