// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "Fairline", path: "..")],
  targets: [
    .executableTarget(
      name: "fairline-bench",
      dependencies: [.product(name: "Fairline", package: "Fairline")])
  ],
  swiftLanguageModes: [.v6]
)
