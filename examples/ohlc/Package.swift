// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "ohlc",
    dependencies: [
        // Outside this repository: .package(url: "https://…/laminar", from: "0.1.0")
        .package(name: "laminar", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "ohlc",
            dependencies: [.product(name: "LaminarRuntime", package: "laminar")],
            plugins: [.plugin(name: "LaminarPlugin", package: "laminar")])
    ]
)
