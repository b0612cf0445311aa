#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Foundation
#endif

/// `base` to the power `exponent`.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The number of halvings that bring `width` below `tolerance`, and no more than `limit`.
func halvings(of width: Double, to tolerance: Double, limit: Int) -> Int {
  guard tolerance > 0 else { return limit }
  let count = log2(width / tolerance).rounded(.up)
  return count > 0 ? Int(min(count, Double(limit))) : 0
}
