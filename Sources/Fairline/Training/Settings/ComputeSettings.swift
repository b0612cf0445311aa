public import FairlineTensor

/// How training computes.
public struct ComputeSettings: Configuration, Equatable {
  /// Whether large products take operands of half precision, in the best format this CPU has.
  public var fp16 = false
  /// Whether large products take bfloat16 operands, where that is faster than float32.
  public var bf16 = false
  /// The most tokens of a batch that are computed at once; any number when 0.
  public var tokensAtOnce = 2048
  /// Whether the time of each operation is reported at the end.
  public var profile = false

  /// Float32 throughout, no report.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "fp16", \.fp16,
        "half-precision matrix products in the best format of this CPU (float16, else bfloat16); "
          + "everything else stays float32"
      ),
      Option(
        "bf16", \.bf16,
        "bfloat16 matrix products with float32 sums; everything else stays float32"),
      Option(
        "tokens-at-once", \.tokensAtOnce, in: .from(0),
        "compute larger batches in parts of this many tokens, to save memory; 0 for whole batches"
      ),
      Option("profile", \.profile, "report at the end where the time of an update goes"),
    ]
  }

  /// The format of large products: what was asked for, or float32 where this CPU has nothing of the
  /// kind.
  public var format: ProductFormat {
    if fp16 { return .bestHalf }
    return bf16 && ProductFormat.bfloat16.isSupported ? .bfloat16 : .float32
  }

  /// What to tell the user when this CPU cannot do what was asked; nil when it can.
  public var shortfall: String? {
    guard fp16 || bf16, format == .float32 else { return nil }
    if fp16 {
      return
        "this CPU has no fast half-precision products (AVX512-FP16, or AVX512-BF16 of AMD): --fp16 "
        + "runs in float32"
    }
    let better =
      ProductFormat.bestHalf == .float32
      ? "" : "; --fp16 runs in \(ProductFormat.bestHalf.rawValue)"
    return
      "this CPU has no bfloat16 products faster than float32 (AVX512-BF16 of AMD): --bf16 runs in "
      + "float32\(better)"
  }
}
