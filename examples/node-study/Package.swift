// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "node-study",
  dependencies: [
    // Outside this repository: .package(url: "https://.../fairline", branch: "main")
    .package(name: "Fairline", path: "../.."), .package(name: "support", path: "../support"),
  ],
  targets: [
    .target(
      name: "NodeStudy",
      dependencies: [
        .product(name: "Fairline", package: "Fairline"),
        .product(name: "Charts", package: "support"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "node-study", dependencies: ["NodeStudy"], swiftSettings: settings),
    .testTarget(
      name: "NodeStudyTests",
      dependencies: ["NodeStudy", .product(name: "Charts", package: "support")],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
