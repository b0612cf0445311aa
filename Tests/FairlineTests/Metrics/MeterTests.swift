import Fairline
import Testing

@Suite struct MeterTests {
  @Test func averages() {
    var meter = AverageMeter()
    #expect(meter.average == nil)
    meter.add(5, weight: 0)
    #expect(meter.average == 5)
    meter.add(1, weight: 3)
    meter.add(5)
    #expect(meter.average == 2)
  }

  @Test func countsPerSecond() throws {
    var meter = SpeedMeter()
    meter.add(10, at: 100)
    #expect(meter.speed(at: 100) == 0)
    meter.add(30, at: 104)
    #expect(meter.speed(at: 104) == 10)
    let saved = try JSONValue(encoding: meter.paused(at: 104))
    var later = try saved.decoded(as: SpeedMeter.self)
    later.begin(at: 1000)
    #expect(later.elapsed(at: 1004) == 8)
    #expect(later.speed(at: 1004) == 5)
  }

  @Test func stopsTime() {
    var watch = StopwatchMeter()
    watch.end(at: 1)
    watch.begin(at: 2)
    watch.end(at: 5)
    watch.begin(at: 9)
    watch.end(at: 10)
    #expect(watch.sum == 4)
    #expect(watch.spans == 2)
  }

  @Test func groupReportsAndSurvivesARestart() throws {
    var group = MeterGroup()
    group.add("loss", 4, weight: 2)
    group.add("loss", 1, weight: 1)
    group.addSpeed("wps", 100, at: 0)
    group.addSpeed("wps", 100, at: 4)
    group.begin("train_wall", at: 0)
    group.end("train_wall", at: 3)
    let saved = try JSONValue(encoding: group.paused(at: 4)).decoded(as: MeterGroup.self)
    for (meters, now) in [(group, 4.0), (saved, 77)] {
      var report = Report("train", epoch: 1)
      meters.write(to: &report, at: now)
      #expect(report.line(.simple) == "epoch 001 | loss 3 | wps 50 | train_wall 3")
    }
    group.reset(at: 10)
    #expect(group.value("loss") == nil)
    group.addSpeed("wps", 20, at: 12)
    #expect(group.value("wps", at: 12) == 10)
  }
}
