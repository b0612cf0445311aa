/// Vector instructions that both sides of a comparison may use.
enum Level: String, Codable, CaseIterable {
  /// AVX-512: nothing is held back.
  case v4
  /// AVX2 and fused multiply-add, on any machine that has them.
  case v3
  /// Whatever the machine has, where that is neither.
  case native

  /// The machine's own best.
  static var best: Level {
    let flags = Machine.flags
    let v3: Set = ["avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"]
    let v4: Set = ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]
    guard flags.isSuperset(of: v3) else { return .native }
    return flags.isSuperset(of: v4) ? .v4 : .v3
  }

  /// Whether this machine can run it.
  var isPossible: Bool {
    switch self {
    case .v4: Self.best == .v4
    case .v3: Self.best != .native
    case .native: Self.best == .native
    }
  }

  /// Its heading in the report.
  var title: String {
    switch self {
    case .v4: "x86-64-v4 (AVX-512)"
    case .v3: "x86-64-v3 (AVX2)"
    case .native: "Other processors"
    }
  }

  /// How the sides are held to it, for the report.
  var rule: String {
    guard self == .v3 else { return "Both sides use the best instructions of the machine." }
    func words(_ variables: [String: String]) -> String {
      variables.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        .map { "`\($0.key)=\($0.value)`" }.joined(separator: " ")
    }
    return "Both sides are held to AVX2: Fairline with \(words(fairlineEnvironment)), "
      + "its peers with \(words(peerEnvironment))."
  }

  /// What is laid over the environment of Fairline's programs; an empty value takes a variable
  /// away.
  var fairlineEnvironment: [String: String] {
    let held = self == .v3
    return ["FAIRLINE_CPU_LEVEL": held ? "1" : "", "OPENBLAS_CORETYPE": held ? "Haswell" : ""]
  }

  /// The same for the libraries of the peers: PyTorch, oneDNN, MKL and CTranslate2.
  var peerEnvironment: [String: String] {
    let held = self == .v3
    return [
      "ATEN_CPU_CAPABILITY": held ? "avx2" : "", "ONEDNN_MAX_CPU_ISA": held ? "AVX2" : "",
      "MKL_ENABLE_INSTRUCTIONS": held ? "AVX2" : "", "CT2_FORCE_CPU_ISA": held ? "AVX2" : "",
      "OPENBLAS_CORETYPE": "",
    ]
  }
}
