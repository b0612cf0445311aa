import CFairlineKernels

/// The machine's side of the engine: which instructions and which BLAS kernels are in use.
public enum Engine {
  private static let prepared: String = String(cString: fl_blas_prepare())

  /// Chooses the BLAS kernels and ends the BLAS's own threads, once a process.
  ///
  /// Every product does so before its first call; a program that does it first keeps its cores to
  /// itself.
  @discardableResult
  public static func prepare() -> String { prepared }

  /// The name of the BLAS kernels in use, "SkylakeX" for example.
  public static var blasKernel: String { prepared }

  /// The name of the instruction set that Fairline's own kernels use.
  public static var instructionSet: String {
    String(cString: fl_cpu_level_name(fl_cpu_level()))
  }

  /// Bytes of tensor memory in use at this moment.
  public static var memoryInUse: Int { fl_memory_live() }
}
