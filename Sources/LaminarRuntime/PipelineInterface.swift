public import LaminarTypes

/// What a running pipeline takes and gives: what a connector, the command line and a test runner need to know of it.
public struct PipelineInterface: Sendable, Equatable {
    /// The version of the contract between generated code and this runtime. Generated code states the one it was made
    /// for; see `requireInterface`.
    public static let currentVersion = 1

    public struct Column: Sendable, Equatable {
        public var name: String
        /// The SQL type as PostgreSQL writes it, such as `numeric(10,2)`.
        public var type: String
        public var physicalType: PhysicalType
        public var isNullable: Bool

        public init(_ name: String, _ type: String, _ physicalType: PhysicalType, isNullable: Bool = true) {
            self.name = name
            self.type = type
            self.physicalType = physicalType
            self.isNullable = isNullable
        }
    }

    public struct Source: Sendable, Equatable {
        public var name: String
        /// The columns that the pipeline reads, in the order of a pushed batch.
        public var columns: [Column]
        /// Whether rows with negative weights may be pushed.
        public var isUpdating: Bool
        /// Whether each file that is read for it is a partition.
        public var hasPartitionPerFile: Bool

        public init(
            name: String, columns: [Column], isUpdating: Bool = false, hasPartitionPerFile: Bool = false
        ) {
            self.name = name
            self.columns = columns
            self.isUpdating = isUpdating
            self.hasPartitionPerFile = hasPartitionPerFile
        }
    }

    public struct Sink: Sendable, Equatable {
        public var name: String
        public var columns: [Column]
        /// Whether its rows carry weights: −1 takes a row back that came before.
        public var isUpdating: Bool

        public init(name: String, columns: [Column], isUpdating: Bool = false) {
            self.name = name
            self.columns = columns
            self.isUpdating = isUpdating
        }
    }

    public var name: String
    public var sources: [Source]
    public var sinks: [Sink]
    /// The names of the state tables.
    public var stateTables: [String]
    /// Identifies the layout of a checkpoint: equal where one restores under the other.
    public var fingerprint: String

    public init(name: String, sources: [Source], sinks: [Sink], stateTables: [String], fingerprint: String) {
        self.name = name
        self.sources = sources
        self.sinks = sinks
        self.stateTables = stateTables
        self.fingerprint = fingerprint
    }
}

/// Generated code names this type; when the contract between it and the runtime changes, the number in its name does,
/// and stale generated code stops compiling with a hint instead of misbehaving.
public enum LaminarInterfaceVersion1 {}
