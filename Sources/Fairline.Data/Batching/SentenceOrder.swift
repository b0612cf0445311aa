/// The order in which the sentence pairs of a data set are visited: short ones first.
package enum SentenceOrder {
  /// Sorts pairs by source length, then target length; ties keep a random or the given order.
  ///
  /// - Parameters:
  ///   - sourceLengths: tokens of each source.
  ///   - targetLengths: tokens of each target; nil when there is no target.
  ///   - seed: seeds the random order of ties; nil keeps the order of the file.
  package static func byLength(
    sourceLengths: [Int32], targetLengths: [Int32]?, seed: UInt32?
  ) -> [Int] {
    var order: [Int]
    if let seed {
      var random = MersenneTwister(seed: seed)
      order = random.permutation(sourceLengths.count)
    } else {
      order = Array(sourceLengths.indices)
    }
    if let targetLengths { sort(&order, by: targetLengths) }
    sort(&order, by: sourceLengths)
    return order
  }

  /// Sorts blocks of text by length; ties come in the order of random numbers, one for each block.
  ///
  /// - Parameter seed: seeds the numbers; nil keeps the order of the text.
  static func byLength(_ lengths: [Int32], seed: UInt32?) -> [Int] {
    var order = Array(lengths.indices)
    if let seed {
      var random = MersenneTwister(seed: seed)
      for (block, place) in random.permutation(lengths.count).enumerated() { order[place] = block }
    }
    sort(&order, by: lengths)
    return order
  }

  /// A stable counting sort where lengths are small, which they are.
  private static func sort(_ order: inout [Int], by lengths: [Int32]) {
    let longest = Int(lengths.max() ?? 0)
    guard longest <= 1 << 20 else {
      order.sort { lengths[$0] < lengths[$1] }  // the standard library's sort is stable
      return
    }
    var starts = [Int](repeating: 0, count: longest + 2)
    for length in lengths { starts[Int(length) + 1] += 1 }
    for length in 1..<starts.count { starts[length] += starts[length - 1] }
    order = [Int](unsafeUninitializedCapacity: order.count) { sorted, filled in
      for index in order {
        let length = Int(lengths[index])
        sorted[starts[length]] = index
        starts[length] += 1
      }
      filled = order.count
    }
  }
}
