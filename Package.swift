// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "laminar",
    products: [],
    targets: [
        // Ground
        .target(name: "LaminarText"),
        .target(name: "LaminarTypes"),
        // Meaning
        .target(name: "LaminarKernels", dependencies: ["LaminarTypes"]),
    ],
    swiftLanguageModes: [.v6]
)
