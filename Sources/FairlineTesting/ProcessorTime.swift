import Foundation

/// Seconds of processor time that the calling thread spends in `body`.
///
/// For tests that work is in proportion: unlike the clock it does not count what runs beside.
package func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
  let begun = now()
  try body()
  return now() - begun
}
