#if canImport(Glibc)
import Glibc
#endif

/// Memory whose pages come into being when they are written, in small pages; zero before.
final class SparseMemory {
  private let address: UnsafeMutableRawPointer
  private let size: Int

  private init?(size: Int) {
    let found = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let found, found != MAP_FAILED else { return nil }
    address = found
    self.size = size
    _ = madvise(address, size, MADV_NOHUGEPAGE)
  }

  deinit { munmap(address, size) }

  /// Room for elements; ordinary memory when the system has no other.
  static func storage(capacity: Int) -> Storage {
    guard let memory = SparseMemory(size: max(capacity, 1) * MemoryLayout<Float>.stride) else {
      return Storage(capacity: capacity)
    }
    return Storage(
      borrowing: memory.address.assumingMemoryBound(to: Float.self), capacity: capacity,
      from: memory)
  }
}
