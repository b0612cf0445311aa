// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(name: "Fairline", path: ".."), .package(name: "support", path: "../examples/support"),
  ],
  targets: [
    // The rate of multiply-adds that touch no memory.
    .target(name: "CPeak"),
    // Parts of the engine, and training of any shape on made-up batches.
    .executableTarget(
      name: "fairline-bench",
      dependencies: [
        "CPeak", .product(name: "Fairline", package: "Fairline"),
        .product(name: "ExampleSupport", package: "support"),
      ],
      swiftSettings: settings),
    // Fairline beside other programs; knows them by their command lines only.
    .executableTarget(
      name: "fairline-compare",
      dependencies: [
        .product(name: "Charts", package: "support"),
        .product(name: "ExampleSupport", package: "support"),
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
