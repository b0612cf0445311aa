import FairlineODE
import Foundation
import Testing

/// Fields that no step control can please end within their budget, forward and backward.
///
/// Budgets are counted, never timed: a test waits for its turn while others hold the processors.
struct BudgetTests {
  enum Trouble: CaseIterable {
    case stiff
    case noisy
  }

  enum Mode: CaseIterable {
    case replay
    case fewCheckpoints
    case backpropagation
    case adjoint

    var gradient: GradientMode {
      switch self {
      case .replay: .replay()
      case .fewCheckpoints: .replay(checkpoints: 3)
      case .backpropagation: .backpropagation
      case .adjoint: .continuousAdjoint()
      }
    }
  }

  /// Counts what it is asked, and draws noise from a sequence of its own.
  private final class Counter {
    var calls = 0
    var noise: Double {
      Double((UInt64(calls) &* 0x9E37_79B9_7F4A_7C15) >> 40) / Double(1 << 24) - 0.5
    }
  }

  private func field(
    _ trouble: Trouble, _ counter: Counter
  ) -> DifferentiableClosureField<[Double]> {
    let rate = trouble == .stiff ? 1e5 : 1.0
    return DifferentiableClosureField(inputs: [[rate]]) { t, y in
      counter.calls += 1
      let noise = trouble == .noisy ? 0.1 * counter.noise : 0
      return [-rate * (y[0] - cos(t)) + noise]
    } pullback: { v, t, y, gradient in
      gradient.state[0] -= v[0] * rate
      if gradient.wantsInputs { gradient.inputs[0][0] -= v[0] * (y[0] - cos(t)) }
    }
  }

  @Test(arguments: Trouble.allCases, Mode.allCases)
  func everyWayEnds(_ trouble: Trouble, _ mode: Mode) throws {
    for policy in [LimitPolicy.hold, .coast(steps: 2)] {
      for limitsSteps in [false, true] {
        let counter = Counter()
        var options = SolveOptions<[Double]>(relative: 1e-9, absolute: 1e-9)
        options.limitPolicy = policy
        if limitsSteps { options.maxSteps = 40 } else { options.maxEvaluations = 240 }
        let result = try solve(
          field(trouble, counter), from: [0.5], over: [0, 1, 2], options: options,
          gradient: mode.gradient)
        let outcome = result.solution.outcome
        #expect(outcome == (limitsSteps ? .stepLimit : .evaluationLimit))
        #expect(counter.calls == result.solution.statistics.evaluations)
        #expect(counter.calls <= 250)
        let back = try result.gradients(of: [nil, [1], [1]]).statistics
        // Each of an adjoint's two intervals may take its limit of steps.
        #expect(back.evaluations <= 2 * 250 && back.pullbacks <= 2 * 250)
        #expect(back.rejected + back.accepted <= 90)
        if mode == .adjoint && !back.outcome.isSuccess {
          #expect([.stepLimit, .evaluationLimit, .stepTooSmall, .notFinite].contains(back.outcome))
        }
      }
    }
  }

  /// The adjoint of a field that forgets its start grows without bound backwards in time: its solve
  /// is cut off and says so.
  @Test(arguments: Trouble.allCases)
  func theWayBackHasItsOwnBudget(_ trouble: Trouble) throws {
    let counter = Counter()
    var options = SolveOptions<[Double]>(relative: 1e-2, absolute: 1e-2)
    options.maxEvaluations = 120
    options.limitPolicy = .coast(steps: 4)
    let adjoint = AdjointOptions(relative: 1e-12, absolute: 1e-12)
    let result = try solve(
      field(trouble, counter), from: [0.5], over: [0, 1], options: options,
      gradient: .continuousAdjoint(adjoint))
    let back = try result.gradients(of: [nil, [1]]).statistics
    #expect(!back.outcome.isSuccess)
    #expect(back.evaluations <= 120)
  }

  /// What was spent is taken off any budget without a trap.
  @Test func aBudgetBelowAllNumbersIsNone() throws {
    let counter = Counter()
    var options = SolveOptions<[Double]>(relative: 1e-2, absolute: 1e-2)
    options.maxEvaluations = .min
    options.limitPolicy = .coast(steps: 4)
    let result = try solve(
      field(Trouble.allCases[0], counter), from: [0.5], over: [0, 0.5, 1], options: options,
      gradient: .continuousAdjoint(AdjointOptions(relative: 1e-12, absolute: 1e-12)))
    let back = try result.gradients(of: [nil, [1], [1]]).statistics
    #expect(!back.outcome.isSuccess)
  }
}
