public import FairlineTensor

/// How training computes.
public struct ComputeSettings: Configuration, Equatable {
  /// Whether large products take operands of half precision, in the best format this CPU has.
  public var fp16 = false
  /// Whether large products take bfloat16 operands.
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
        "half-precision matrix products in the best format this CPU has (bfloat16); all else stays float32"
      ),
      Option("bf16", \.bf16, "bfloat16 matrix products with float32 sums; all else stays float32"),
      Option(
        "tokens-at-once", \.tokensAtOnce,
        "compute larger batches in parts of so many tokens, which needs less memory; 0 for whole batches"
      ),
      Option("profile", \.profile, "report at the end where the time of an update goes"),
    ]
  }

  /// The format that products are asked to have.
  public var format: ProductFormat { fp16 || bf16 ? .bfloat16 : .float32 }

  /// Refuses what cannot be.
  func check() throws {
    guard tokensAtOnce >= 0 else {
      throw UserError(
        "--tokens-at-once \(tokensAtOnce) is no number of tokens: give 0 for whole batches, or more"
      )
    }
  }

  /// What to tell the user when this CPU cannot do what was asked; nil when it can.
  public var shortfall: String? {
    format.isSupported
      ? nil
      : "this CPU has no bfloat16 products (AVX512-BF16): \(fp16 ? "--fp16" : "--bf16") runs in float32"
  }
}
