import FairlineODE
import Foundation
import Testing

struct EventTests {
  static var ball: DifferentiableClosureField<[Double]> {
    DifferentiableClosureField<[Double]> { _, y in
      [y[1], -9.81]
    } pullback: { v, _, _, gradient in
      gradient.state[1] += v[0]
    }
  }

  static var ground: Event<[Double]> {
    Event<[Double]>(
      crossing: .falling, gradient: { _, y in (0, [1, 0]) }, { _, y in y[0] })
  }

  @Test(arguments: ["dopri5", "tsit5", "rk4", "adams", "implicit_adams"])
  func findsTheGround(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    var options = SolveOptions<[Double]>(relative: 1e-8, absolute: 1e-8)
    options.events = [Self.ground]
    options.eventTolerance = 1e-10
    if !solver.isAdaptive { options.stepping = .step(0.05) }
    for end in [10.0, .infinity] {
      let solution = try solve(
        Self.ball, from: [10, 0], over: [0, 0.5, end], with: solver, options: options)
      let event = try #require(solution.event)
      #expect(abs(event.time - (20 / 9.81).squareRoot()) < 1e-7)
      #expect(solution.outcome == .event && solution.reached == event.time)
      #expect(solution.final == event.state && abs(event.state[0]) < 1e-6)
      #expect(abs(solution.states[1][0] - (10 - 9.81 / 8)) < 1e-6)
    }
  }

  @Test func noEventReachesTheEnd() throws {
    var options = SolveOptions<[Double]>()
    options.events = [Event { _, y in y[0] - 100 }]
    let solution = try solve(Self.ball, from: [10, 0], over: [0, 1], options: options)
    #expect(solution.outcome == .finished && solution.event == nil && solution.reached == 1)
  }

  @Test func directionsAndTheEarliestCount() throws {
    let field = ClosureField<[Double]> { t, _ in [cos(t)] }
    var options = SolveOptions<[Double]>(relative: 1e-9, absolute: 1e-9)
    options.eventTolerance = 1e-10
    options.events = [Event(crossing: .falling) { _, y in y[0] - 0.5 }]
    let falling = try #require(try solve(field, from: [0], over: [0, 6], options: options).event)
    #expect(abs(falling.time - (Double.pi - asin(0.5))) < 1e-7)
    options.events.append(Event(crossing: .rising) { _, y in y[0] - 0.25 })
    options.events.append(Event(crossing: .rising) { _, y in y[0] - 0.2 })
    options.firstStep = 1
    let rising = try #require(try solve(field, from: [0], over: [0, 6], options: options).event)
    #expect(rising.index == 2 && abs(rising.time - asin(0.2)) < 1e-7)
  }

  /// Time and state of an event, differentiated by where the ball was dropped.
  @Test func gradientsOfEvents() throws {
    var options = SolveOptions<[Double]>(relative: 1e-10, absolute: 1e-10)
    options.events = [Self.ground]
    options.eventTolerance = 1e-12
    let modes: [GradientMode] = [.replay(), .backpropagation, .continuousAdjoint()]
    for mode in modes {
      let result = try solve(
        Self.ball, from: [10, 1], over: [0, .infinity], options: options, gradient: mode)
      let time = try #require(result.solution.event).time
      let impact = 1 - 9.81 * time
      let byTime = try result.gradients(of: [nil, nil], eventTime: 1).initialState
      #expect(abs(byTime[0] + 1 / impact) < 1e-8 && abs(byTime[1] + time / impact) < 1e-8)
      // The speed at impact: v^2 = v0^2 + 2 g h.
      let bySpeed = try result.gradients(of: [nil, [0, 1]]).initialState
      #expect(abs(bySpeed[0] - 9.81 / impact) < 1e-8 && abs(bySpeed[1] - 1 / impact) < 1e-8)
    }
  }

  @Test func gradientsNeedTheEventsOwn() throws {
    var options = SolveOptions<[Double]>()
    options.events = [Event { _, y in y[0] }]
    let result = try solve(
      Self.ball, from: [10, 0], over: [0, 5], options: options, gradient: .replay())
    #expect(throws: ODEError.self) { try result.gradients(of: [nil, nil], eventTime: 1) }
  }
}
