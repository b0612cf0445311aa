// swift-tools-version: 6.1
import PackageDescription

// What examples and benchmarks share: pictures and the reading of options. It knows nothing of
// Fairline.
let package = Package(
  name: "support",
  products: [
    .library(name: "ExampleSupport", targets: ["ExampleSupport"]),
    .library(name: "Charts", targets: ["Charts"]),
  ],
  targets: [
    // Drawings of the plane, and options.
    .target(name: "ExampleSupport"),
    // Charts of measurements: lines, points and bars with labels at the data.
    .target(name: "Charts"),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"]),
  ],
  swiftLanguageModes: [.v6]
)
