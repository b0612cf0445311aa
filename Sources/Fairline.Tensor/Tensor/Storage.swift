import CFairlineKernels

/// A block of Float32 memory, returned to the memory cache when its last tensor goes.
public final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  let capacity: Int
  private let owner: AnyObject?

  /// Takes uninitialised memory for `capacity` elements from the cache.
  init(capacity: Int) {
    self.capacity = capacity
    let bytes = max(capacity, 1) * MemoryLayout<Float>.stride
    guard let block = fl_memory_take(bytes) else {
      preconditionFailure("no memory for a tensor of \(bytes) bytes")
    }
    pointer = block.assumingMemoryBound(to: Float.self)
    owner = nil
  }

  /// Uses memory that `owner` keeps alive, a mapped file for example.
  init(borrowing pointer: UnsafeMutablePointer<Float>, capacity: Int, from owner: AnyObject) {
    self.pointer = pointer
    self.capacity = capacity
    self.owner = owner
  }

  deinit {
    if owner == nil {
      fl_memory_give(pointer, max(capacity, 1) * MemoryLayout<Float>.stride)
    }
  }
}
