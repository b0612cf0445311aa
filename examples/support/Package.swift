// swift-tools-version: 6.1
import PackageDescription

// What the examples share: pictures and the reading of options. It knows nothing of Fairline.
let package = Package(
  name: "support",
  products: [.library(name: "ExampleSupport", targets: ["ExampleSupport"])],
  targets: [.target(name: "ExampleSupport")],
  swiftLanguageModes: [.v6]
)
