// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "language-model",
  dependencies: [
    // Outside this repository: .package(url: "https://.../fairline", branch: "main")
    .package(name: "Fairline", path: "../.."), .package(name: "support", path: "../support"),
  ],
  targets: [
    .executableTarget(
      name: "language-model",
      dependencies: [
        .product(name: "Fairline", package: "Fairline"),
        .product(name: "ExampleSupport", package: "support"),
        .product(name: "Charts", package: "support"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
