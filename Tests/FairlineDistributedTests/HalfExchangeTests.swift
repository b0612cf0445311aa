import Fairline
import FairlineDistributed
import FairlineTensor
import Foundation
import Testing

/// Exchanges of numbers that are rounded to 16 bits on their way.
@Suite struct HalfExchangeTests {
  private static let count = 3 * Parallel.grain + 77

  private struct Found {
    var gradients: [Float]
    var values: [Float]
    var bytes: Int
  }

  /// Two gradients for each rank are added, and each rank changes its part of some values.
  private func run(_ ranks: Int, inHalves: Bool) throws -> [Found] {
    try ThreadWorld(ranks).run { transport in
      Parallel.setSerial(true)
      let exchange = RankExchange(
        RankRole(rank: transport.rank, count: ranks), Messenger(transport), inHalves: inHalves)
      var random = RandomSource(seed: UInt64(transport.rank + 1))
      let own = Tensor(
        (0..<Self.count).map { _ in
          Float((random.uniform() - 0.5) * exp2(40 * random.uniform() - 20))
        }, shape: [Self.count])
      let place = transport.rank
      try exchange.sum(
        [GradientNode(leaves: place..<(place + 1), gradients: own)], of: ranks, into: own)
      let values = Tensor((0..<Self.count).map { Float($0 % 89) - 44 }, shape: [Self.count])
      let part = exchange.part(of: Self.count)
      try exchange.spread(changeOf: values) {
        values.withMutableScalars { numbers in
          for place in part { numbers[place] += Float(place % 97) * 1e-3 + 1e-4 }
        }
      }
      try exchange.spread(gradients: own)
      return Found(gradients: own.scalars, values: values.scalars, bytes: exchange.bytesSent)
    }
  }

  @Test(arguments: [2, 3, 4]) func allRanksHaveTheSame(_ ranks: Int) throws {
    let (whole, halves) = (try run(ranks, inHalves: false), try run(ranks, inHalves: true))
    for rank in 0..<ranks {
      #expect(halves[rank].gradients == halves[0].gradients)
      #expect(halves[rank].values == halves[0].values)
      #expect(whole[rank].gradients == whole[0].gradients)
      // Nothing else travels but the lengths of texts.
      let texts = 20 * Messenger.head
      #expect(abs(2 * halves[rank].bytes - whole[rank].bytes) < texts)
      #expect(halves[rank].bytes > texts)
    }
    // A change is rounded to 8 bits, not what it changes.
    for place in 0..<Self.count {
      let change = Float(place % 97) * 1e-3 + 1e-4
      let error = abs(halves[0].values[place] - whole[0].values[place])
      #expect(error <= change / 256 + 1e-5, "\(place)")
    }
    #expect(halves[0].values != whole[0].values)
  }

  @Test func numbersAreRoundedToTheNearest() throws {
    let numbers: [(Float, Float)] = [
      (1, 1), (1 + 1 / 256.0, 1), (1 + 3 / 256.0, 1 + 4 / 256.0), (1.01, 1.0078125),
      (-3.14159, -3.140625), (1e38, 9.969210e37), (0, 0), (.infinity, .infinity),
    ]
    let all = try ThreadWorld(2).run { transport in
      let exchange = RankExchange(
        RankRole(rank: transport.rank, count: 2), Messenger(transport), inHalves: true)
      let tensor = Tensor(numbers.map(\.0) + [.nan], shape: [numbers.count + 1])
      try exchange.spread(gradients: tensor)
      return tensor.scalars
    }
    for found in all {
      for ((_, expected), number) in zip(numbers, found) {
        #expect(number == expected || abs(number - expected) < abs(expected) * 1e-6)
      }
      #expect(found.last?.isNaN == true)
    }
  }
}
