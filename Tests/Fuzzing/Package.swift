// swift-tools-version: 6.1
import PackageDescription

// Built by scripts/fuzz, with `swift build --sanitize fuzzer`: libFuzzer brings the main function.
let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "Fairline", path: "../..")],
  targets: [
    .executableTarget(
      name: "fairline-fuzz",
      dependencies: [
        .product(name: "Fairline", package: "Fairline"),
        .product(name: "FairlineTesting", package: "Fairline"),
      ],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny")])
  ],
  swiftLanguageModes: [.v6]
)
