package import Fairline
package import FairlineTensor
import Foundation

/// Makes updates together with the ranks that a messenger reaches.
///
/// The sum of gradients is formed by slices: each rank receives its slice of every node of the
/// update's tree and adds them in the tree's order; later it sends what it has made of them to all
/// (a reduce-scatter and an all-gather in an order of its own). A rank sends 2·(n − 1)/n times
/// the gradients' bytes when its batches make up one node, and half of that where numbers travel in
/// 16 bits.
package final class RankExchange: GradientExchange {
  package let role: RankRole
  private let messenger: Messenger
  private let names: [String]
  private var room = Tensor.zeros([0])
  /// What travels in 16 bits; nil where all travels whole.
  private let halves: HalfExchange?

  /// Makes an exchange.
  ///
  /// - Parameters:
  ///   - names: what the ranks are called in sentences; "rank 0" and so on where empty.
  ///   - inHalves: whether gradients and changes of parameters travel rounded to 16 bits.
  package init(
    _ role: RankRole, _ messenger: Messenger, names: [String] = [], inHalves: Bool = false
  ) {
    (self.role, self.messenger, self.names) = (role, messenger, names)
    halves = inHalves ? HalfExchange(messenger) : nil
  }

  /// Bytes that this rank has sent to the others.
  package var bytesSent: Int { messenger.bytesSent }

  package func name(of rank: Int) -> String {
    names.indices.contains(rank) ? names[rank] : "rank \(rank)"
  }

  package func gather<Value: Codable & Sendable>(_ value: Value) throws -> [Value] {
    let text = try JSONValue(encoding: [value]).compactText
    return try messenger.gather(Array(text.utf8)).map { bytes in
      let brought = try bytes.withUnsafeBytes { try JSONValue(parsing: $0) }
      return try brought.decoded(as: [Value].self)[0]
    }
  }

  /// The bytes that each rank brings, in the order of ranks, on every rank.
  package func gather(bytes: [UInt8]) throws -> [[UInt8]] { try messenger.gather(bytes) }

  package func sum(_ nodes: [GradientNode], of leaves: Int, into gradients: Tensor) throws {
    let own = nodes.map { [$0.leaves.lowerBound, $0.leaves.upperBound] }
    let ranges = try gather(own).map { $0.map { $0[0]..<$0[1] } }
    let slices = Self.slices(of: gradients.count, ranks: role.count)
    let slice = slices[role.rank]
    let others = ranges.enumerated().reduce(0) {
      $0 + ($1.offset == role.rank ? 0 : $1.element.count)
    }
    if room.count < others * slice.count { room = Tensor(uninitialized: [others * slice.count]) }
    try room.withMutableScalars { room in
      try exchange(nodes, ranges, slices, in: room)
      try add(nodes, ranges, slice, in: room, into: gradients)
    }
  }

  package func part(of count: Int) -> Range<Int> {
    Self.slices(of: count, ranks: role.count)[role.rank]
  }

  package func complete(_ tensor: Tensor, for all: Bool) throws {
    let slices = Self.slices(of: tensor.count, ranks: role.count)
    try tensor.withMutableScalars { numbers in
      let mine = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: numbers[slices[role.rank]]))
      try messenger.exchange(
        sending: messenger.peers.filter { all || $0 == 0 }.map { ($0, mine) },
        receiving: messenger.peers.filter { _ in all || role.rank == 0 }.map {
          let part = UnsafeMutableBufferPointer(rebasing: numbers[slices[$0]])
          return ($0, UnsafeMutableRawBufferPointer(part))
        })
    }
  }

  package func spread(gradients: Tensor) throws {
    guard let halves else { return try complete(gradients, for: true) }
    let slices = Self.slices(of: gradients.count, ranks: role.count)
    try gradients.withMutableScalars { try halves.replace($0, slices, own: role.rank) }
  }

  package func spread(changeOf values: Tensor, _ change: () -> Void) throws {
    guard let halves else {
      change()
      return try complete(values, for: true)
    }
    let slices = Self.slices(of: values.count, ranks: role.count)
    try values.withMutableScalars { numbers in
      let slice = slices[role.rank]
      let before = Tensor(uninitialized: [slice.count])
      ParameterUpdates.copy(values.part(slice), to: before)
      change()
      try halves.add(changesSince: before, to: numbers, slices, own: role.rank)
    }
  }

  /// Sends each rank its slice of this rank's nodes, and receives this rank's slice of all others'.
  private func exchange(
    _ nodes: [GradientNode], _ ranges: [[Range<Int>]], _ slices: [Range<Int>],
    in room: UnsafeMutableBufferPointer<Float>
  ) throws {
    let size = slices[role.rank].count
    typealias Floats = UnsafeMutableBufferPointer<Float>
    var incoming: [(peer: Int, numbers: Floats)] = []
    var place = 0
    for peer in ranges.indices where peer != role.rank {
      for _ in ranges[peer] {
        incoming.append((peer, Floats(rebasing: room[place..<(place + size)])))
        place += size
      }
    }
    var outgoing: [(peer: Int, numbers: Floats)] = []
    for peer in messenger.peers {
      for node in nodes {
        node.gradients.withMutableScalars {
          outgoing.append((peer, Floats(rebasing: $0[slices[peer]])))
        }
      }
    }
    try withExtendedLifetime(nodes) {
      if let halves {
        try halves.exchange(sending: outgoing, receiving: incoming)
      } else {
        try messenger.exchange(
          sending: outgoing.map { ($0.peer, UnsafeRawBufferPointer($0.numbers)) },
          receiving: incoming.map { ($0.peer, UnsafeMutableRawBufferPointer($0.numbers)) })
      }
    }
  }

  /// Adds the slices of all nodes in the order of the tree.
  private func add(
    _ nodes: [GradientNode], _ ranges: [[Range<Int>]], _ slice: Range<Int>,
    in room: UnsafeMutableBufferPointer<Float>, into gradients: Tensor
  ) throws {
    guard !slice.isEmpty else { return }
    var parts: [(leaves: Range<Int>, numbers: UnsafeMutableBufferPointer<Float>)] = []
    var place = 0
    for peer in ranges.indices {
      for (index, leaves) in ranges[peer].enumerated() {
        if peer == role.rank {
          nodes[index].gradients.withMutableScalars {
            parts.append((leaves, UnsafeMutableBufferPointer(rebasing: $0[slice])))
          }
        } else {
          parts.append(
            (leaves, UnsafeMutableBufferPointer(rebasing: room[place..<(place + slice.count)])))
          place += slice.count
        }
      }
    }
    parts.sort { $0.leaves.lowerBound < $1.leaves.lowerBound }
    let leaves = parts.last?.leaves.upperBound ?? 0
    var tree = SummationTree<UnsafeMutableBufferPointer<Float>>(count: leaves)
    for part in parts {
      tree.add(part.numbers, of: part.leaves) { left, right in
        ParameterUpdates.add(left, to: right)
        return right
      }
    }
    guard tree.nodes.count == 1, let sum = tree.nodes.first?.value else {
      throw UserError("the ranks do not compute all batches of an update: start them anew")
    }
    gradients.withMutableScalars { all in
      guard let to = all.baseAddress.map({ $0 + slice.lowerBound }), to != sum.baseAddress,
        let from = sum.baseAddress
      else { return }
      to.update(from: from, count: slice.count)
    }
  }

  /// The elements that each rank adds up: whole blocks of elementwise work, as even as these allow.
  package static func slices(of count: Int, ranks: Int) -> [Range<Int>] {
    let blocks = (count + Parallel.grain - 1) / Parallel.grain
    return (0..<ranks).map { rank in
      let (first, end) = (blocks * rank / ranks, blocks * (rank + 1) / ranks)
      return min(first * Parallel.grain, count)..<min(end * Parallel.grain, count)
    }
  }
}
