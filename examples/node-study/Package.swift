// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "node-study",
  dependencies: [
    // Outside this repository: .package(url: "https://.../fairline", from: "0.1.0")
    .package(name: "Fairline", path: "../..")
  ],
  targets: [
    .target(
      name: "NodeStudy", dependencies: [.product(name: "Fairline", package: "Fairline")],
      swiftSettings: settings),
    .executableTarget(
      name: "node-study", dependencies: ["NodeStudy"], swiftSettings: settings),
    .testTarget(name: "NodeStudyTests", dependencies: ["NodeStudy"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
