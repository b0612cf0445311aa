import Fairline
import FairlineTesting
import Foundation
import Testing

@Suite struct ProgressDisplayTests {
  @Test func drawsTheBar() {
    var bar = ProgressBar(heading: "epoch 001", done: 25, total: 100, seconds: 5)
    #expect(bar.text(width: 80) == "epoch 001:  25%|████            | 25/100 [00:05<00:15, 5.0/s]")
    bar.values = "loss=4"
    #expect(bar.text(width: 80).hasSuffix("5.0/s] loss=4"))
    #expect(bar.text(width: 30).count <= 30)
    let empty = ProgressBar(heading: "", done: 0, total: nil, seconds: 0)
    #expect(empty.text(width: 80) == "0 [00:00, ?/s]")
    let slow = ProgressBar(heading: "x", done: 12, total: 110, seconds: 7200, skipped: 10)
    #expect(slow.text(width: 80).contains("[2:00:00<98:00:00, 3600.0s/it]"))
    for done in 0...110 {
      let text = ProgressBar(heading: "x", done: done, total: 100, seconds: 1).text(width: 80)
      #expect(text.split(separator: "|").count == 3 || done < 1)
    }
  }

  @Test func writesPlainLinesWhereThereIsNoTerminal() throws {
    let scratch = try Scratch()
    let path = scratch.path("log")
    let null = open("/dev/null", O_WRONLY)
    defer { close(null) }
    let sink = try LogSink(copyingTo: path, descriptor: null)
    #expect(!sink.isTerminal)
    var progress = ProgressDisplay(format: .tqdm, sink: sink)
    progress.begin("epoch 001", total: 5)
    progress.advance(to: 2)
    var report = Report("train_inner", epoch: 1, position: 3, total: 5)
    report.add("loss", 2)
    progress.log(report)
    progress.end()
    sink.write("plain")
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasSuffix(" | INFO | train_inner | epoch 001:      3 / 5 loss=2"))
    let stamp = lines[0].prefix(19)
    #expect(stamp.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) != nil)
    #expect(lines[1] == "plain")
  }

  @Test func namesALogFileThatCannotBeWritten() {
    let text = message { _ = try LogSink(copyingTo: "/no/such/folder/log") }
    #expect(text == "--log-file /no/such/folder/log cannot be written: No such file or directory")
  }
}
