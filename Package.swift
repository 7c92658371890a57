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
        // Front end
        .target(name: "LaminarSyntax", dependencies: ["LaminarText"]),
    ],
    swiftLanguageModes: [.v6]
)
