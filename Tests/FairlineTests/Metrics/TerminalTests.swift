import Fairline
import Foundation
import Testing

/// The bar as it stands on a terminal.
@Suite struct TerminalTests {
  private func bar(_ done: Int) -> ProgressBar {
    var bar = ProgressBar(
      heading: "epoch 002", done: done, total: 132, seconds: Double(done) / 10)
    bar.values = "loss=12.98, nll_loss=12.9, ppl=7646.33, wps=42217.2, lr=0.0003"
    return bar
  }

  @Test(arguments: [120, 80, 40, 30, 20]) func oneLineIsRedrawn(width: Int) throws {
    let screen = try #require(TerminalScreen(width: width))
    let sink = try LogSink(descriptor: screen.descriptor)
    #expect(sink.isTerminal)
    for done in 0..<100 { sink.draw(bar(done), at: Double(done)) }
    sink.write("a line")
    let lines = screen.lines
    #expect(lines.count == 2 && lines.first == "a line")
    // Room is left for the two characters that Ctrl-C shows.
    #expect((lines.last?.count ?? 0) <= width - 3)
    sink.clear()
    #expect(screen.lines == ["a line"])
  }

  @Test(arguments: [(100, 40), (80, 60), (40, 100), (120, 25)]) func aResizedBarLeavesNothing(
    from: Int, to: Int
  ) throws {
    let screen = try #require(TerminalScreen(width: from))
    let sink = try LogSink(descriptor: screen.descriptor)
    sink.write("before")
    sink.draw(bar(50), at: 1)
    screen.resize(to: to)
    sink.draw(bar(60), at: 2)
    #expect(screen.lines.count == 2)
    #expect(screen.lines.last == bar(60).text(width: to - 3))
    sink.write("after")
    sink.clear()
    #expect(screen.lines == ["before", "after"])
  }

  @Test func littleRoomKeepsTimeAndSpeed() {
    let bar = bar(66)
    #expect(
      bar.text(width: 90)
        == "epoch 002:  50%|████████        | 66/132 [00:06<00:06, 10.0/s] loss=12.98, "
        + "nll_loss=12.9"
    )
    #expect(
      bar.text(width: 75)
        == "epoch 002:  50%|████████        | 66/132 [00:06<00:06, 10.0/s] loss=12.98")
    #expect(bar.text(width: 55) == "epoch 002:  50%|████▌    | 66/132 [00:06<00:06, 10.0/s]")
    #expect(bar.text(width: 48) == "epoch 002:  50% 66/132 [00:06<00:06, 10.0/s]")
    #expect(bar.text(width: 40) == "epoch 002:  50% [00:06<00:06, 10.0/s]")
    #expect(bar.text(width: 28) == " 50% [00:06<00:06, 10.0/s]")
    #expect(bar.text(width: 10) == " 50% [00:0")
    for width in 0..<140 { #expect(bar.text(width: width).count <= width) }
  }
}
