#if canImport(Glibc)
import Glibc
#endif

extension Tensor {
  /// Gives the memory of some elements back to the system, whole pages of it; they are undefined
  /// until they are written again.
  package func forget(_ elements: Range<Int>) {
    withMutableScalars { all in
      guard !elements.isEmpty, let base = all.baseAddress else { return }
      let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
      let first = (UInt(bitPattern: base + elements.lowerBound) + page - 1) / page * page
      let end = UInt(bitPattern: base + elements.upperBound) / page * page
      guard first < end else { return }
      _ = madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_DONTNEED)
    }
  }
}

/// Memory whose pages come into being when they are written, in small pages; zero before.
final class SparseMemory {
  private let address: UnsafeMutableRawPointer
  private let size: Int

  /// - Parameter isReserved: whether the system keeps room for all of it.
  private init?(size: Int, isReserved: Bool = true) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | (isReserved ? 0 : MAP_NORESERVE)
    let found = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)
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
    return memory.storage(capacity)
  }

  /// Addresses for elements that nobody needs, more than there may be memory for.
  static func addresses(capacity: Int) -> Storage {
    let (size, overflow) = max(capacity, 1).multipliedReportingOverflow(
      by: MemoryLayout<Float>.stride)
    let memory = overflow ? nil : SparseMemory(size: size, isReserved: false)
    return memory?.storage(capacity) ?? Storage(capacity: 0)
  }

  private func storage(_ capacity: Int) -> Storage {
    Storage(
      borrowing: address.assumingMemoryBound(to: Float.self), capacity: capacity, from: self)
  }
}
