import LaminarTypes

/// ARRAY_AGG: the values in order, NULLs included, each of which comes as an array of one element.
public struct ArrayAggregate: EntryAccumulator, MakingAccumulator {
    public var bag: OrderedBag<AggregateEntry>
    public var collectedBytes: Int64
    @inlinable public init() { (bag, collectedBytes) = (OrderedBag(), 0) }

    public func result(_ fault: inout Fault, at site: Int) -> StringView? {
        var arena = Arena()
        let array = result(&arena, &fault, at: site)
        return array.flatMap { $0.isInline ? $0 : nil }
    }

    public func result(_ arena: inout Arena, _ fault: inout Fault, at site: Int) -> StringView? {
        if collectedBytes == .max {
            fault.raise(.limitExceeded, at: site)
            return nil
        }
        if bag.count == 0 { return nil }
        var whole: ArrayValue?
        var fits = true
        BagNode.visit(bag.root) { node in
            let next = decodedArray(AggregateEntry(inBag: node.value).string)
            for _ in 0..<node.weight {
                guard var array = whole else {
                    whole = next
                    continue
                }
                guard array.dimensions.count == next.dimensions.count,
                    array.dimensions.dropFirst() == next.dimensions.dropFirst(), !next.dimensions.isEmpty
                else {
                    fits = false
                    return
                }
                // Not held twice, so that it grows in place.
                whole = nil
                array.dimensions[0] += next.dimensions[0]
                array.elements += next.elements
                whole = array
            }
        }
        guard fits, let whole else {
            fault.raise(.arraySubscriptError, at: site)
            return nil
        }
        return encode(whole, &arena)
    }
}
