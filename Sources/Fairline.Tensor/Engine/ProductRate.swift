import CFairlineKernels

/// How fast this machine multiplies large matrices, as a measure for everything else.
public enum ProductRate {
  /// The best rate of a few products of 1024 x 1024 x 1024 in the format in use, in billions of
  /// operations a second.
  public static func measured() -> Double {
    let size = 1024
    let (a, b) = (Tensor.ones([size, size]), Tensor.ones([size, size]))
    let c = Tensor(uninitialized: [size, size])
    var best = Int64.max
    for _ in 0..<6 {
      let begin = fl_profile_now()
      MatrixProduct.run(c.matrix(), a.matrix(), b.matrix(), m: size, n: size, k: size)
      best = min(best, fl_profile_now() - begin)
    }
    withExtendedLifetime((a, b, c)) {}
    return 2 * Double(size * size * size) / Double(max(best, 1))
  }
}
