import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

/// Arrays, rows and maps as Swift values, in and out of a compiled pipeline, held to the interpreter's texts.
@Suite struct NestedRowTests {
    private typealias Order = NestedPipeline.Order
    private typealias Head = NestedPipeline.Head
    private typealias City = NestedPipeline.City
    private typealias Customer = Order.Customer

    private static let orders: [Order] = [
        Order(
            id: 1, customer: Customer(name: "Ann", address: .init(city: "Bern", zip: 3000)),
            items: [.init(product: "a b", price: Decimal(unscaled: 150, scale: 2), day: 18_262), nil],
            tags: ["x", nil, "y z"], counts: SQLMap([.init("x", 7), .init("a", nil)]), at: 0),
        Order(id: 2, customer: nil, items: [], tags: nil, counts: nil, at: 1_000_000),
        Order(
            id: 3, customer: Customer(name: nil, address: .init(city: "Bern", zip: 3000)),
            items: [.init(product: nil, price: Decimal(unscaled: 200, scale: 2), day: nil)],
            tags: SQLArray(["a", "b", "c", "d"], dimensions: [2, 2]), counts: SQLMap([.init("a", nil), .init("x", 7)]),
            at: 2_000_000),
    ]

    private static func texts(_ pipeline: any RunnablePipeline, _ push: (any RunnablePipeline) throws -> Void) throws
        -> [String: [String]]
    {
        var rows: [String: [String]] = [:]
        pipeline.onOutput = { [unowned pipeline] sink, view in
            let sink = pipeline.interface.sinks[sink]
            for row in 0..<view.rowCount {
                let cells = sink.columns.indices.map { column -> String in
                    guard let type = SQLType(name: sink.columns[column].type) else { return "no type" }
                    return text(of: view.columns[column].dynamicValue(row, type: type), type: type)
                }
                rows[sink.name, default: []].append("\(view.weights?[row] ?? 1) \(cells.joined(separator: " | "))")
            }
        }
        try push(pipeline)
        try pipeline.finish()
        return rows
    }

    @Test func `rows of Swift values give what the interpreter gives of their texts`() throws {
        let golden = try #require(Golden.all.first { $0.name == "SQL/nested.sql" })
        let compilation = try golden.compiled()
        let interpreted = try InterpretedPipeline(try #require(compilation.plan), file: compilation.file)
        let cells: [[String?]] = [
            ["1", "(Ann,\"(Bern,3000)\")", "{\"(\\\"a b\\\",1.50,2020-01-01)\",NULL}", "{x,NULL,\"y z\"}", "{a=NULL, x=7}", "1970-01-01"],
            ["2", nil, "{}", nil, nil, "1970-01-01 00:00:01"],
            ["3", "(,\"(Bern,3000)\")", "{\"(,2.00,)\"}", "{{a,b},{c,d}}", "{x=7, a=NULL}", "1970-01-01 00:00:02"],
        ]
        let expected = try Self.texts(interpreted) { pipeline in
            let columns = pipeline.interface.sources[0].columns
            let batch = ColumnBatch(types: columns.map(\.physicalType))
            for row in cells {
                batch.append(
                    try zip(row, columns).map { cell, column in
                        let type = try #require(SQLType(name: column.type))
                        return try #require(encodedNested(cell.map { try parse($0, as: type) } ?? .null, type))
                    })
            }
            try batch.withView { try pipeline.push(source: 0, $0) }
        }
        #expect(expected["heads"]?.count == 3 && expected["cities"]?.isEmpty == false)
        let byRow = try Self.texts(NestedPipeline()) { pipeline in
            let pipeline = try #require(pipeline as? NestedPipeline)
            for order in Self.orders { try pipeline.push(order) }
        }
        #expect(byRow == expected)
        let together = try Self.texts(NestedPipeline()) { pipeline in
            try #require(pipeline as? NestedPipeline).push(Self.orders)
        }
        #expect(together == expected)
    }

    @Test func `results are Swift values`() throws {
        let pipeline = NestedPipeline()
        var heads: [Head] = []
        var cities: [City] = []
        pipeline.onHeads = { heads.append($0) }
        pipeline.onCities = { cities.append($0) }
        try pipeline.push(Self.orders)
        try pipeline.finish()
        #expect(heads.map(\.customer?.name) == ["Ann", nil, nil])
        #expect(heads.map(\.customer?.address?.city) == ["Bern", nil, "Bern"])
        #expect(heads.map(\.city) == ["Bern", nil, "Bern"])
        #expect(heads.map(\.item?.product) == ["a b", nil, nil])
        #expect(heads[0].item?.price == Decimal(unscaled: 150, scale: 2) && heads[0].item?.day == 18_262)
        #expect(heads[0].tags?.elements == ["x", nil, "y z"] && heads[2].tags?.dimensions == [2, 2])
        #expect(heads.map(\.x) == [7, nil, 7])
        #expect(heads[2].stamp.f1 == 3 && heads[2].stamp.f2 == 2_000_000)
        #expect(heads[0].byName["Ann"]?.elements.first??.day == 18_262)
        let bern = try #require(cities.first { $0.address?.city == "Bern" })
        #expect(bern.orders == 2 && bern.maps == 1 && bern.dearest?.product == nil && bern.dearest?.price != nil)
    }
}
