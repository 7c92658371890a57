// swift-tools-version: 6.1
import PackageDescription

// Targets stand in layer order: one may depend on earlier rows only. `docs/architecture.md` says what each is for.
let package = Package(
    name: "laminar",
    products: [
        .library(name: "LaminarRuntime", targets: ["LaminarRuntime"]),
        .library(name: "LaminarFiles", targets: ["LaminarFiles"]),
        .library(name: "LaminarCases", targets: ["LaminarCases"]),
        .executable(name: "laminar-compile", targets: ["laminar-compile"]),
        .plugin(name: "LaminarPlugin", targets: ["LaminarPlugin"]),
    ],
    targets: [
        // Ground
        .target(name: "LaminarText"),
        .target(name: "LaminarTypes"),

        // Meaning
        .target(name: "LaminarKernels", dependencies: ["LaminarTypes"]),
        .target(name: "LaminarExpressions", dependencies: ["LaminarText", "LaminarTypes", "LaminarKernels"]),

        // Front end
        .target(name: "LaminarSyntax", dependencies: ["LaminarText"]),
        .target(name: "LaminarPlan", dependencies: ["LaminarText", "LaminarTypes", "LaminarExpressions"]),
        .target(
            name: "LaminarBinding",
            dependencies: ["LaminarText", "LaminarTypes", "LaminarExpressions", "LaminarSyntax", "LaminarPlan"]),

        // Ahead-of-time back end
        .target(
            name: "LaminarTemplates", path: "Templates", sources: ["EmbeddedTemplates.swift"],
            resources: [
                .embedInCode("ProjectRows.swift"), .embedInCode("PassRows.swift"), .embedInCode("FilterRows.swift"),
                .embedInCode("FilterRowsFirst.swift"), .embedInCode("Source.swift"),
                .embedInCode("SourceWithWatermark.swift"), .embedInCode("SourceChanges.swift"), .embedInCode("TransformStageWithWatermark.swift"),
                .embedInCode("TransformStage.swift"), .embedInCode("AggregateStage.swift"),
                .embedInCode("JoinStage.swift"),
                .embedInCode("UnionStage.swift"), .embedInCode("UnionToSinks.swift"), .embedInCode("ValuesStage.swift"),
                .embedInCode("FeedbackStage.swift"), .embedInCode("BatchCompletion.swift"), .embedInCode("HeldRows.swift"), .embedInCode("GlobalGroup.swift"),
                .embedInCode("ClockedStage.swift"), .embedInCode("TimedHost.swift"), .embedInCode("SourcePartitions.swift"), .embedInCode("SettleSource.swift"),
                .embedInCode("Sink.swift"),
                .embedInCode("PipelineHost.swift"), .embedInCode("RowSource.swift"), .embedInCode("RowsOneByOne.swift"),
                .embedInCode("RowsAsColumns.swift"), .embedInCode("ProjectRow.swift"),
                .embedInCode("FilterRow.swift"), .embedInCode("AggregateRow.swift"), .embedInCode("RowHost.swift"),
                .embedInCode("SinkOfRows.swift"), .embedInCode("BatchCallback.swift"),
                .embedInCode("Rejections.swift"), .embedInCode("TypedRejection.swift"),
            ]),
        .target(
            name: "LaminarSwiftEmitter",
            dependencies: ["LaminarText", "LaminarTypes", "LaminarExpressions", "LaminarPlan", "LaminarTemplates"]),

        // Runtime
        .target(name: "LaminarColumns", dependencies: ["LaminarTypes", "LaminarKernels"]),
        .target(name: "LaminarState", dependencies: ["LaminarTypes", "LaminarKernels"]),
        .target(
            name: "LaminarRuntime", dependencies: ["LaminarTypes", "LaminarKernels", "LaminarColumns", "LaminarState"]),

        // Interpreter
        .target(
            name: "LaminarInterpreter",
            dependencies: ["LaminarText", "LaminarTypes", "LaminarKernels", "LaminarExpressions", "LaminarPlan", "LaminarColumns", "LaminarState", "LaminarRuntime"],
            swiftSettings: [.enableUpcomingFeature("InternalImportsByDefault")]),

        // Edges
        .target(name: "CLaminarScan"),
        .target(name: "LaminarFormats", dependencies: ["LaminarTypes", "LaminarKernels", "LaminarColumns", "CLaminarScan"]),
        .target(name: "LaminarJSON", dependencies: ["LaminarTypes", "LaminarKernels", "LaminarColumns", "CLaminarScan", "LaminarFormats"]),
        .target(name: "LaminarCSV", dependencies: ["LaminarTypes", "LaminarKernels", "LaminarColumns", "CLaminarScan", "LaminarFormats"]),
        // Needed by those only who link the files connector.
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CZstd"),
        .target(
            name: "LaminarFiles",
            dependencies: ["CZlib", "CZstd", "LaminarText", "LaminarTypes", "LaminarColumns", "LaminarFormats", "LaminarJSON", "LaminarCSV", "LaminarRuntime"]),

        // Assembly
        .target(
            name: "LaminarCompiler",
            dependencies: ["LaminarText", "LaminarTypes", "LaminarExpressions", "LaminarSyntax", "LaminarPlan", "LaminarBinding"]),

        // Laminar

        .executableTarget(
            name: "laminar-compile",
            dependencies: [
                "LaminarText", "LaminarSyntax", "LaminarPlan", "LaminarBinding", "LaminarSwiftEmitter", "LaminarCompiler",
            ]),

        .target(
            name: "LaminarCases",
            dependencies: [
                "LaminarText", "LaminarTypes", "LaminarPlan", "LaminarBinding", "LaminarColumns", "LaminarState",
                "LaminarRuntime", "LaminarCompiler",
            ]),

        .target(
            name: "LaminarReference",
            dependencies: [
                "LaminarText", "LaminarTypes", "LaminarExpressions", "LaminarPlan", "LaminarBinding", "LaminarColumns",
                "LaminarRuntime", "LaminarCompiler", "LaminarCases",
            ], swiftSettings: [.enableUpcomingFeature("InternalImportsByDefault")]),

        .target(
            name: "NexmarkQ0", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q0",
            resources: [.embedInCode("q0.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ1", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q1",
            resources: [.embedInCode("q1.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ2", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q2",
            resources: [.embedInCode("q2.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ14", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q14",
            resources: [.embedInCode("q14.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ15", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q15",
            resources: [.embedInCode("q15.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ16", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q16",
            resources: [.embedInCode("q16.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ17", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q17",
            resources: [.embedInCode("q17.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ21", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q21",
            resources: [.embedInCode("q21.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ22", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q22",
            resources: [.embedInCode("q22.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ3", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q3",
            resources: [.embedInCode("q3.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ8", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q8",
            resources: [.embedInCode("q8.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ20", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q20",
            resources: [.embedInCode("q20.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkTumble", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/tumble",
            resources: [.embedInCode("tumble.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "RunningQueries", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Running",
            resources: [.embedInCode("payments.sql"), .embedInCode("changes.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ5", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q5",
            resources: [.embedInCode("q5.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ7", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q7",
            resources: [.embedInCode("q7.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ11", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q11",
            resources: [.embedInCode("q11.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ12", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q12",
            resources: [.embedInCode("q12.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ4", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q4",
            resources: [.embedInCode("q4.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ9", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q9",
            resources: [.embedInCode("q9.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ18", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q18",
            resources: [.embedInCode("q18.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "NexmarkQ19", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Nexmark/q19",
            resources: [.embedInCode("q19.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "JoinQueries", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Joins",
            resources: [.embedInCode("interval.sql"), .embedInCode("asof.sql")], plugins: ["LaminarPlugin"]),
        .target(
            name: "WindowQueries", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Windows",
            resources: [.embedInCode("tumbling.sql"), .embedInCode("disordered.sql"), .embedInCode("sessions.sql")],
            plugins: ["LaminarPlugin"]),
        .target(
            name: "PushedQueries", dependencies: ["LaminarRuntime"], path: "Sources/LaminarBenchmarks/Pushes",
            plugins: ["LaminarPlugin"]),
        .target(
            name: "LaminarBenchmarks",
            dependencies: [
                "LaminarText", "LaminarTypes", "LaminarKernels", "LaminarColumns", "LaminarRuntime", "LaminarInterpreter", "LaminarFormats",
                "LaminarJSON", "LaminarCSV", "LaminarCompiler", "NexmarkQ0", "NexmarkQ1", "NexmarkQ2", "NexmarkQ3", "NexmarkQ8", "NexmarkQ14", "NexmarkQ15", "NexmarkQ16", "NexmarkQ17",
                "NexmarkQ20", "NexmarkQ21", "NexmarkQ22", "NexmarkTumble", "NexmarkQ5", "NexmarkQ7", "NexmarkQ11", "NexmarkQ12",
                "NexmarkQ4", "NexmarkQ9", "NexmarkQ18", "NexmarkQ19", "JoinQueries", "PushedQueries", "RunningQueries", "WindowQueries",
            ],
            exclude: ["Joins", "Nexmark", "Pushes", "Running", "Windows"]),

        .executableTarget(
            name: "laminar",
            dependencies: [
                "LaminarText", "LaminarTypes", "LaminarPlan", "LaminarBinding", "LaminarSwiftEmitter", "LaminarColumns", "LaminarRuntime",
                "LaminarInterpreter", "LaminarFormats", "LaminarFiles", "LaminarCompiler", "LaminarCases", "LaminarReference",
                "LaminarBenchmarks",
            ]),

        .plugin(name: "LaminarPlugin", capability: .buildTool(), dependencies: ["laminar-compile"]),

        // Tests

        // Tests of the ground and of meaning
        .testTarget(name: "LaminarTypesTests", dependencies: ["LaminarTypes"]),
        .testTarget(name: "LaminarKernelsTests", dependencies: ["LaminarTypes", "LaminarKernels"]),
        .testTarget(name: "LaminarExpressionsTests", dependencies: ["LaminarText", "LaminarTypes", "LaminarExpressions"]),

        // Tests of the front end
        .testTarget(
            name: "LaminarSyntaxTests", dependencies: ["LaminarText", "LaminarSyntax"], exclude: ["Goldens"]),

        .testTarget(
            name: "LaminarCompilerTests", dependencies: ["LaminarText", "LaminarBinding", "LaminarCompiler"], exclude: ["Plans"]),

        // Tests of back ends and runtime
        .testTarget(name: "LaminarStateTests", dependencies: ["LaminarTypes", "LaminarKernels", "LaminarState"]),
        .testTarget(name: "LaminarRuntimeTests", dependencies: ["LaminarRuntime"]),
        .testTarget(
            name: "LaminarInterpreterTests",
            dependencies: [
                "LaminarText", "LaminarTypes", "LaminarKernels", "LaminarExpressions", "LaminarSyntax", "LaminarPlan", "LaminarColumns",
                "LaminarRuntime", "LaminarInterpreter", "LaminarCompiler",
            ]),

        .testTarget(
            name: "LaminarSwiftEmitterTests",
            dependencies: [
                "LaminarText", "LaminarTypes", "LaminarColumns", "LaminarPlan", "LaminarBinding", "LaminarRuntime",
                "LaminarInterpreter", "LaminarSwiftEmitter", "LaminarCompiler",
            ], exclude: ["SQL"]),

        .testTarget(
            name: "RandomExpressionTests",
            dependencies: [
                "LaminarText", "LaminarTypes", "LaminarKernels", "LaminarExpressions", "LaminarPlan", "LaminarBinding",
                "LaminarSwiftEmitter", "LaminarColumns", "LaminarRuntime", "LaminarInterpreter", "LaminarCompiler",
            ], exclude: ["Compiled"]),

        // Tests of the edges
        .testTarget(name: "LaminarJSONTests", dependencies: ["LaminarTypes", "LaminarKernels", "LaminarColumns", "LaminarFormats", "LaminarJSON"]),
        .testTarget(name: "LaminarCSVTests", dependencies: ["LaminarTypes", "LaminarKernels", "LaminarColumns", "LaminarFormats", "LaminarCSV"]),
        .testTarget(name: "LaminarFilesTests", dependencies: ["LaminarTypes", "LaminarColumns", "LaminarFormats", "LaminarCSV", "LaminarFiles"]),

        // Tests of the whole
        .executableTarget(
            name: "decode-cases",
            dependencies: ["LaminarTypes", "LaminarKernels", "LaminarColumns", "LaminarFormats", "LaminarJSON", "LaminarCSV"],
            path: "Tests/DecodeFuzz", exclude: ["fuzz.py"]),
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
        .executableTarget(
            name: "pipeline-costs", dependencies: ["CAllocationCount", "LaminarRuntime", "LaminarBenchmarks", "PushedQueries"],
            path: "Tests/PipelineCosts", exclude: ["check.sh", "instructions.txt"]),
        .testTarget(name: "LaminarCommandTests", dependencies: ["laminar"], exclude: ["Transcripts"]),
        .testTarget(
            name: "LaminarReferenceTests",
            dependencies: ["LaminarReference", "LaminarCases", "LaminarInterpreter", "LaminarRuntime"],
            exclude: ["Found"]),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "LaminarBenchmarksTests", dependencies: ["LaminarBenchmarks"]),
        .testTarget(
            name: "LaminarCasesTests",
            dependencies: [
                "LaminarCases", "LaminarText", "LaminarTypes", "LaminarColumns", "LaminarPlan", "LaminarRuntime",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
