/// Phrases as a tree: those with the same beginning share its nodes.
///
/// Node 0 is the root.
struct ConstraintTrie: Sendable {
  private struct Node: Sendable {
    let parent: Int
    var children: [Int32: Int] = [:]
    /// How many equal phrases end here.
    var ending = 0
    /// How many phrases go through here.
    var passing = 0
  }

  /// The node before any symbol.
  static let root = 0
  private var nodes = [Node(parent: -1)]

  init(_ phrases: [[Int32]]) {
    for phrase in phrases where !phrase.isEmpty {
      var place = Self.root
      nodes[place].passing += 1
      for symbol in phrase {
        if let child = nodes[place].children[symbol] {
          place = child
        } else {
          nodes[place].children[symbol] = nodes.count
          nodes.append(Node(parent: place))
          place = nodes.count - 1
        }
        nodes[place].passing += 1
      }
      nodes[place].ending += 1
    }
  }

  /// The number of nodes.
  var count: Int { nodes.count }

  /// The node that a symbol leads to; nil when there is none.
  func child(of node: Int, _ symbol: Int32) -> Int? { nodes[node].children[symbol] }

  /// The node before a node.
  func parent(of node: Int) -> Int { nodes[node].parent }

  /// The symbols that lead on from a node.
  func symbols(after node: Int) -> Dictionary<Int32, Int>.Keys { nodes[node].children.keys }

  /// How many equal phrases end in a node.
  func ending(in node: Int) -> Int { nodes[node].ending }

  /// How many phrases go through a node.
  func passing(through node: Int) -> Int { nodes[node].passing }
}
