import CFairlineKernels

/// What the operands of large matrix products are rounded to; sums and results are always float32.
public enum ProductFormat: String, Sendable, CaseIterable {
  /// No rounding.
  case float32
  /// Eight bits of precision and the range of float32; twice as fast where the CPU multiplies it directly.
  case bfloat16

  var kernel: fl_format { self == .bfloat16 ? FL_BFLOAT16 : FL_FLOAT32 }

  /// Whether this CPU multiplies the format directly (AVX512-BF16 for ``bfloat16``).
  public var isSupported: Bool { fl_format_supported(kernel) }

  /// The format of the calling thread's products.
  public static var inUse: ProductFormat {
    fl_format_in_use() == FL_BFLOAT16 ? .bfloat16 : .float32
  }

  /// Calls `body` with the calling thread's products in this format, or in float32 when it is not supported.
  public func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = fl_format_in_use()
    fl_format_use(kernel)
    defer { fl_format_use(before) }
    return try body()
  }
}
