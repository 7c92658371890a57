// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "flights",
    dependencies: [
        // Outside this repository: .package(url: "https://…/laminar", from: "0.1.0")
        .package(name: "laminar", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "flights",
            dependencies: [
                .product(name: "LaminarRuntime", package: "laminar"),
                .product(name: "LaminarFiles", package: "laminar"),
            ],
            plugins: [.plugin(name: "LaminarPlugin", package: "laminar")])
    ]
)
