// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "gated",
  dependencies: [
    // Outside this repository: .package(url: "https://.../fairline", branch: "main")
    .package(name: "Fairline", path: "../..")
  ],
  targets: [
    .target(name: "GatedKernels"),
    .target(
      name: "GatedPlugin",
      dependencies: ["GatedKernels", .product(name: "Fairline", package: "Fairline")]),
    .executableTarget(
      name: "gated",
      dependencies: ["GatedPlugin", .product(name: "Fairline", package: "Fairline")]),
    .testTarget(
      name: "GatedPluginTests",
      dependencies: [
        "GatedKernels", "GatedPlugin", .product(name: "FairlineTesting", package: "Fairline"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
