import CFairlineKernels

/// What the operands of large matrix products are rounded to; results are always float32.
public enum ProductFormat: String, Sendable, CaseIterable {
  /// No rounding.
  case float32
  /// Eight bits of precision and the range of float32, with float32 sums.
  case bfloat16
  /// Eleven bits of precision; each operand is scaled into the range, and sums are float32 beyond
  /// 128 places of the depth.
  case float16

  var kernel: fl_format {
    switch self {
    case .float32: FL_FLOAT32
    case .bfloat16: FL_BFLOAT16
    case .float16: FL_FLOAT16
    }
  }

  /// Whether this CPU multiplies the format directly and faster than float32: AVX512-BF16 for
  /// ``bfloat16`` except on Intel's, where it is slower, and AVX512-FP16 for ``float16``.
  public var isSupported: Bool { fl_format_supported(kernel) }

  /// The half-precision format that this CPU multiplies best; ``float32`` when it has none.
  public static var bestHalf: ProductFormat {
    [.float16, .bfloat16].first(where: \.isSupported) ?? .float32
  }

  /// The format of the calling thread's products.
  package static var inUse: ProductFormat {
    allCases.first { $0.kernel == fl_format_in_use() } ?? .float16
  }

  /// Calls `body` with the calling thread's products in this format, or in float32 when it is not
  /// supported.
  public func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = fl_format_in_use()
    fl_format_use(kernel)
    defer { fl_format_use(before) }
    return try body()
  }
}
