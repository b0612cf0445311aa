import FairlineModels
import FairlineTensor
import FairlineTesting
import Testing

/// A gradient that is scaled on the way back.
@Suite struct GradientScaleTests {
  private static let numbers = Tensor((0..<12).map { 0.3 + Float($0 * 5 % 7) / 4 }, shape: [3, 4])

  private static func pass(_ tape: Tape?) -> ForwardPass {
    ForwardPass(isTraining: true, tape: tape, random: RandomSource(seed: 1))
  }

  /// The numbers stay, and the gradient is the slope by finite differences times the factor.
  @Test(arguments: [0.125, 1, 2.5, -1] as [Float]) func gradientIsTheScaledSlope(
    _ factor: Float
  ) throws {
    let tape = Tape()
    let watched = tape.watch(Self.numbers)
    let scaled = watched.gradientScaled(by: factor, Self.pass(tape))
    #expect(scaled.scalars == Self.numbers.scalars)
    tape.goBack(from: (scaled.sin() * scaled).sum())
    let gradient = try #require(tape.gradient(of: watched))
    let step: Float = 1e-2
    func value(_ numbers: Tensor) -> Double {
      (numbers.sin() * numbers).scalars.reduce(0) { $0 + Double($1) }
    }
    let slopes = Self.numbers.scalars.indices.map { place in
      func moved(_ distance: Float) -> Double {
        var scalars = Self.numbers.scalars
        scalars[place] += distance
        return value(Tensor(scalars, shape: Self.numbers.shape))
      }
      return Float((moved(step) - moved(-step)) / Double(2 * step))
    }
    let expected = slopes.map { factor * $0 }
    #expect(mismatch(gradient.scalars, expected, absolute: 1e-2) == nil)
  }

  @Test func withoutATapeNothingHappens() {
    let same = Self.numbers.gradientScaled(by: 3, Self.pass(nil))
    #expect(same.scalars == Self.numbers.scalars && !same.isDifferentiable)
  }
}
