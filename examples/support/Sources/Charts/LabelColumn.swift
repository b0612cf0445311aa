/// Moves labels apart that would cover each other.
public enum LabelColumn {
  /// Places as near to the wished ones as possible, at least `distance` apart and within limits, in
  /// the same order.
  ///
  /// - Parameter wished: the wished places, in any order.
  /// - Returns: a place for each of them, in their order.
  public static func places(
    _ wished: [Double], distance: Double, within limits: ClosedRange<Double>
  ) -> [Double] {
    let order = wished.indices.sorted { (wished[$0], $0) < (wished[$1], $1) }
    // Neighbours that are too near become a block around the mean of their wishes.
    var blocks: [(members: [Int], center: Double)] = []
    for index in order {
      blocks.append(([index], wished[index]))
      while true {
        let last = blocks.count - 1
        blocks[last].center = clamped(blocks[last], wished, distance, limits)
        guard last > 0,
          blocks[last].center - blocks[last - 1].center
            < distance * Double(blocks[last].members.count + blocks[last - 1].members.count) / 2
        else { break }
        blocks[last - 1].members += blocks.removeLast().members
      }
    }
    var places = wished
    for block in blocks {
      for (offset, index) in block.members.enumerated() {
        let middle = Double(block.members.count - 1) / 2
        places[index] = block.center + (Double(offset) - middle) * distance
      }
    }
    return places
  }

  private static func clamped(
    _ block: (members: [Int], center: Double), _ wished: [Double], _ distance: Double,
    _ limits: ClosedRange<Double>
  ) -> Double {
    let mean = block.members.reduce(0) { $0 + wished[$1] } / Double(block.members.count)
    let half = distance * Double(block.members.count - 1) / 2
    return min(limits.upperBound - half, max(limits.lowerBound + half, mean))
  }
}
