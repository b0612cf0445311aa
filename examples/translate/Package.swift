// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "translate",
  dependencies: [
    // Outside this repository: .package(url: "https://.../fairline", branch: "main")
    .package(name: "Fairline", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "translate", dependencies: [.product(name: "Fairline", package: "Fairline")])
  ],
  swiftLanguageModes: [.v6]
)
