// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A Swift target of this package; module names have no dots, folder names may.
func module(_ name: String, at folder: String, needs: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: needs, path: "Sources/\(folder)", swiftSettings: settings)
}

func program(_ name: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["FairlinePrograms", "FairlineModels", "FairlineNodeTransformer", "Fairline"],
    swiftSettings: settings)
}

func tests(
  _ module: String, also: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: module + "Tests", dependencies: [.byName(name: module), "FairlineTesting"] + also,
    exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "Fairline",
  products: [
    .library(
      name: "Fairline",
      targets: [
        "FairlineFoundation", "FairlineTensor", "FairlineODE", "Fairline", "FairlineDistributed",
        "FairlineData",
        "FairlineScoring", "FairlineGeneration", "FairlineModels", "FairlineTasks",
        "FairlineNodeTransformer", "FairlineInterop", "FairlinePrograms",
      ]),
    .library(name: "FairlineODE", targets: ["FairlineTensor", "FairlineODE"]),
    .library(name: "FairlineTesting", targets: ["FairlineTesting"]),
    .executable(name: "fairline-preprocess", targets: ["fairline-preprocess"]),
    .executable(name: "fairline-train", targets: ["fairline-train"]),
    .executable(name: "fairline-generate", targets: ["fairline-generate"]),
    .executable(name: "fairline-interactive", targets: ["fairline-interactive"]),
    .executable(name: "fairline-score", targets: ["fairline-score"]),
    .executable(name: "fairline-average", targets: ["fairline-average"]),
    .executable(name: "fairline-quantize", targets: ["fairline-quantize"]),
    .executable(name: "fairline-shortlist", targets: ["fairline-shortlist"]),
    .executable(name: "fairline-eval-lm", targets: ["fairline-eval-lm"]),
    .executable(name: "fairline-validate", targets: ["fairline-validate"]),
    .executable(name: "fairline-import", targets: ["fairline-import"]),
    .executable(name: "fairline-learn-bpe", targets: ["fairline-learn-bpe"]),
    .executable(name: "fairline-tokenize", targets: ["fairline-tokenize"]),
    .executable(name: "fairline-export", targets: ["fairline-export"]),
  ],
  targets: [
    // System libraries and C: BLAS, zstd, SentencePiece's C++ behind a C shim, SIMD kernels.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(
      name: "CCompression", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev", "zlib1g-dev"])]),
    .target(
      name: "CSentencePiece",
      linkerSettings: [
        .linkedLibrary("sentencepiece"), .linkedLibrary("sentencepiece_train"),
      ]),
    .target(name: "CFairlineKernels"),
    .target(name: "CFairlineSystem"),
    .target(name: "CFairlineMPI", linkerSettings: [.linkedLibrary("dl")]),

    // Errors, files, hashing, JSON, lines and words.
    module(
      "FairlineFoundation", at: "Fairline.Foundation",
      needs: ["CCompression", "CFairlineSystem", "CZstd"]),
    // Tensors, reverse-mode differentiation, layers.
    module("FairlineTensor", at: "Fairline.Tensor", needs: ["CFairlineKernels", "COpenBLAS"]),
    // Solvers of ordinary differential equations, with gradients.
    module("FairlineODE", at: "Fairline.ODE", needs: ["FairlineTensor"]),
    // Options, catalogue, roles, training, checkpoints.
    module("Fairline", at: "Fairline", needs: ["FairlineFoundation", "FairlineTensor"]),
    // Training on several computers.
    module(
      "FairlineDistributed", at: "Fairline.Distributed",
      needs: ["CFairlineMPI", "FairlineFoundation", "Fairline", "FairlineTensor"]),
    // Vocabulary, tokenizers, file formats, batches.
    module(
      "FairlineData", at: "Fairline.Data",
      needs: ["FairlineFoundation", "Fairline", "CSentencePiece"]),
    // BLEU, chrF and TER.
    module("FairlineScoring", at: "Fairline.Scoring", needs: ["FairlineFoundation", "Fairline"]),
    // Search with trained models.
    module(
      "FairlineGeneration", at: "Fairline.Generation",
      needs: ["FairlineFoundation", "Fairline", "FairlineData", "FairlineTensor"]),
    // The Transformer family.
    module(
      "FairlineModels", at: "Fairline.Models",
      needs: ["Fairline", "FairlineGeneration", "FairlineTensor"]),
    // Translation: data, generation, evaluation.
    module(
      "FairlineTasks", at: "Fairline.Tasks",
      needs: [
        "Fairline", "FairlineData", "FairlineGeneration", "FairlineScoring", "FairlineTensor",
      ]),
    // The neural-ODE Transformer: a plug-in that uses public API only.
    module(
      "FairlineNodeTransformer", at: "Fairline.NodeTransformer",
      needs: ["Fairline", "FairlineGeneration", "FairlineModels", "FairlineODE", "FairlineTensor"]),
    // Models of other programs.
    module(
      "FairlineInterop", at: "Fairline.Interop",
      needs: ["FairlineFoundation", "Fairline", "FairlineData", "FairlineTensor"]),
    // What the programs run.
    module(
      "FairlinePrograms", at: "Fairline.Programs",
      needs: [
        "Fairline", "FairlineData", "FairlineDistributed", "FairlineGeneration",
        "FairlineInterop", "FairlineScoring", "FairlineTasks", "FairlineTensor",
      ]),
    // What a plug-in author tests with.
    module("FairlineTesting", at: "FairlineTesting", needs: ["Fairline", "FairlineTensor"]),

    program("fairline-preprocess"), program("fairline-train"), program("fairline-generate"),
    program("fairline-interactive"), program("fairline-score"), program("fairline-average"),
    program("fairline-quantize"), program("fairline-shortlist"),
    program("fairline-eval-lm"), program("fairline-validate"),
    program("fairline-import"), program("fairline-learn-bpe"), program("fairline-export"),
    program("fairline-tokenize"),

    tests("FairlineTensor", also: ["CFairlineKernels", "COpenBLAS"]),
    tests("FairlineODE", also: ["CFairlineKernels", "FairlineFoundation", "FairlineTensor"]),
    tests("FairlineFoundation"), tests("Fairline"), tests("FairlineData"), tests("FairlineModels"),
    tests("FairlineDistributed", also: ["Fairline", "FairlineFoundation", "FairlineTensor"]),
    tests("FairlineGeneration"),
    tests(
      "FairlineInterop",
      also: [
        "Fairline", "FairlineData", "FairlineFoundation", "FairlineGeneration", "FairlineModels",
        "FairlineTasks", "FairlineTensor",
      ]),
    tests(
      "FairlineTasks",
      also: [
        "CFairlineKernels", "FairlineFoundation", "FairlineGeneration", "FairlineInterop",
        "FairlineModels", "FairlineNodeTransformer", "FairlinePrograms", "FairlineScoring",
      ], exclude: ["Snapshots"]),
    tests(
      "FairlineNodeTransformer",
      also: ["Fairline", "FairlineModels", "FairlineODE", "FairlineTensor"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17,
  cxxLanguageStandard: .cxx17
)
