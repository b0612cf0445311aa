import FairlineODE
import FairlineTensor
import Foundation

/// The trajectory to be learned: `dy/dt = A y^3` from (2, 0), at 1000 times from 0 to 25.
struct Spiral {
  static let start = [2.0, 0.0]

  let times: [Double]
  /// The state at each time.
  let states: [[Double]]

  /// Solves the true equation, in double precision on plain arrays.
  init() throws {
    times = (0..<1000).map { 25 * Double($0) / 999 }
    let field = ClosureField<[Double]> { _, y in
      let (a, b) = (y[0] * y[0] * y[0], y[1] * y[1] * y[1])
      return [-0.1 * a + 2 * b, -2 * a - 0.1 * b]
    }
    states = try solve(
      field, from: Self.start, over: times,
      options: SolveOptions(relative: 1e-9, absolute: 1e-9)
    ).states
  }

  /// Short pieces of the trajectory.
  ///
  /// - Returns: the state at each time of the windows. `length` tensors `[window, 2]`
  func windows(_ count: Int, length: Int, _ random: inout RandomSource) -> [Tensor] {
    let firsts = (0..<count).map { _ in
      // More of them where the state moves fast, at the beginning.
      Int(pow(random.uniform(), 3) * Double(states.count - length + 1))
    }
    return (0..<length).map { step in
      Tensor(firsts.flatMap { states[$0 + step].map { Float($0) } }, shape: [count, 2])
    }
  }
}
