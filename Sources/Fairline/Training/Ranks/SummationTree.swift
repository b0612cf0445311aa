/// The fixed binary tree in which the values of an update's batches are added.
///
/// A node at level l covers the leaves from k·2^l to below (k+1)·2^l, as far as there are so many;
/// its value is that of its left half plus that of its right half. So a sum's bits depend on the
/// number of leaves only, not on who has added which of them. Adding leaves one after the other
/// keeps at most log2 of their number of values, as a binary counter has digits.
package struct SummationTree<Value> {
  /// How many leaves there are.
  package let count: Int
  /// The largest nodes of what was added so far, in the order of leaves.
  package private(set) var nodes: [(leaves: Range<Int>, value: Value)] = []

  /// Makes a tree to which nothing was added.
  package init(count: Int) { self.count = count }

  /// Adds a leaf or a node behind those that are there, and joins what can be joined.
  ///
  /// - Parameter join: gives the sum of a left and a right half.
  package mutating func add(
    _ value: Value, of leaves: Range<Int>, _ join: (Value, Value) throws -> Value
  ) rethrows {
    precondition(
      leaves.lowerBound >= (nodes.last?.leaves.upperBound ?? 0) && leaves.upperBound <= count,
      "the leaves \(leaves) do not follow on \(nodes.map(\.leaves)) of \(count)")
    var (leaves, value) = (leaves, value)
    while let left = nodes.last, joins(left.leaves, leaves) {
      value = try join(left.value, value)
      leaves = left.leaves.lowerBound..<leaves.upperBound
      nodes.removeLast()
    }
    nodes.append((leaves, value))
  }

  /// Puts another value in the place of the last node's.
  mutating func replaceLast(_ value: Value) { nodes[nodes.count - 1].value = value }

  /// Whether two ranges of leaves are the halves of one node.
  private func joins(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    let size = left.count
    return size > 0 && left.upperBound == right.lowerBound && size & (size - 1) == 0
      && left.lowerBound % (2 * size) == 0
      && right.upperBound == min(left.lowerBound + 2 * size, count)
  }

  /// The largest nodes that some leaves make up, in ascending order.
  package static func nodes(of leaves: [Int], among count: Int) -> [Range<Int>] {
    var tree = SummationTree<Void>(count: count)
    for leaf in leaves { tree.add((), of: leaf..<(leaf + 1)) { _, _ in } }
    return tree.nodes.map(\.leaves)
  }
}
