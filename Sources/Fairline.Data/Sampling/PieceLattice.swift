import Foundation

/// All divisions of a text into pieces of a unigram model (Kudo 2018).
struct PieceLattice {
  private struct Edge {
    let start: Int
    let end: Int
    let id: Int32
    let score: Double
  }

  private let length: Int
  /// The pieces, in the order of their starts.
  private var edges: [Edge] = []
  /// The edges that end at a place.
  private var ending: [[Int]]

  init(_ text: [UInt8], _ trie: PieceTrie) {
    length = text.count
    ending = [[Int]](repeating: [], count: text.count + 1)
    for start in text.indices where start == 0 || !ending[start].isEmpty {
      trie.forEach(in: text, from: start) { end, piece in
        guard piece.id >= 0 else { return }
        ending[end].append(edges.count)
        edges.append(Edge(start: start, end: end, id: piece.id, score: Double(piece.score)))
      }
    }
  }

  /// Draws a division in proportion to the exponential of `alpha` times its score.
  ///
  /// Forward sums, backward draws; nil where there is none.
  func sample(_ alpha: Double, _ random: inout SamplingRandom) -> [Int32]? {
    var sums = [Double](repeating: -.infinity, count: length + 1)
    sums[0] = 0
    for place in 1..<(length + 1) {
      let terms = ending[place].map { sums[edges[$0].start] + alpha * edges[$0].score }
      let most = terms.max() ?? -.infinity
      if most > -.infinity { sums[place] = most + log(terms.reduce(0) { $0 + exp($1 - most) }) }
    }
    guard sums[length] > -.infinity else { return nil }
    var (ids, place): ([Int32], Int) = ([], length)
    while place > 0 {
      let weights = ending[place].map {
        exp(sums[edges[$0].start] + alpha * edges[$0].score - sums[place])
      }
      let edge = edges[ending[place][Self.draw(weights, &random)]]
      ids.append(edge.id)
      place = edge.start
    }
    return ids.reversed()
  }

  /// Draws one of the best divisions, in the same proportion.
  func sample(
    _ alpha: Double, amongBest count: Int, _ random: inout SamplingRandom
  ) -> [Int32]? {
    /// The best ways to a place: their scores, last edges and the place among the ways before.
    typealias Way = (score: Double, edge: Int, rank: Int)
    var ways = [[Way]](repeating: [], count: length + 1)
    ways[0] = [(0, -1, 0)]
    for place in 1..<(length + 1) {
      var found: [Way] = []
      for number in ending[place] {
        for (rank, way) in ways[edges[number].start].enumerated() {
          found.append((way.score + edges[number].score, number, rank))
        }
      }
      found.sort { ($0.score, $1.edge, $1.rank) > ($1.score, $0.edge, $0.rank) }
      ways[place] = Array(found.prefix(count))
    }
    guard let best = ways[length].first else { return nil }
    var rank = Self.draw(ways[length].map { exp(alpha * ($0.score - best.score)) }, &random)
    var (ids, place): ([Int32], Int) = ([], length)
    while place > 0 {
      let way = ways[place][rank]
      ids.append(edges[way.edge].id)
      (place, rank) = (edges[way.edge].start, way.rank)
    }
    return ids.reversed()
  }

  private static func draw(_ weights: [Double], _ random: inout SamplingRandom) -> Int {
    var rest = random.uniform() * weights.reduce(0, +)
    for (place, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return place }
    }
    return weights.count - 1
  }
}
