#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Foundation
#endif

/// `base` to the power `exponent`.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The number of halvings that bring `width` below `tolerance`.
func halvings(of width: Double, to tolerance: Double) -> Int {
  let count = log2(width / tolerance).rounded(.up)
  return count.isFinite ? max(0, Int(count)) : 0
}
