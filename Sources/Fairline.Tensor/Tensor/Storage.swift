import CFairlineKernels

/// A block of Float32 memory, returned to the memory cache when its last tensor goes.
final class Storage: @unchecked Sendable {
  /// Where the elements stand, or will stand once their sum is formed.
  let place: UnsafeMutablePointer<Float>
  let capacity: Int
  private let owner: AnyObject?
  /// What the elements are computed from, where that may be left to the first reader.
  let sum: DeferredSum?

  /// The elements.
  var pointer: UnsafeMutablePointer<Float> {
    sum?.form()
    return place
  }

  /// Takes uninitialised memory for `capacity` elements from the cache.
  init(capacity: Int) {
    self.capacity = capacity
    let bytes = max(capacity, 1) * MemoryLayout<Float>.stride
    guard let block = fl_memory_take(bytes) else {
      preconditionFailure("no memory for a tensor of \(bytes) bytes")
    }
    place = block.assumingMemoryBound(to: Float.self)
    owner = nil
    sum = nil
  }

  /// Uses memory that `owner` keeps alive, a mapped file for example.
  ///
  /// - Parameter sum: what the elements are still to be computed from; nil when they are there.
  init(
    borrowing pointer: UnsafeMutablePointer<Float>, capacity: Int, from owner: AnyObject,
    sum: DeferredSum? = nil
  ) {
    place = pointer
    self.capacity = capacity
    self.owner = owner
    self.sum = sum
  }

  deinit {
    if owner == nil {
      fl_memory_give(place, max(capacity, 1) * MemoryLayout<Float>.stride)
    }
  }
}
