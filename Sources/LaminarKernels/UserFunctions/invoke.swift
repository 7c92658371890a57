/// Calls a function written in Swift as SQL calls a STRICT one: NULL if an argument is NULL. An error that it throws is
/// a failure of the row (38000).
@inlinable @inline(__always) public func invoke<each Argument: SQLValue, Result: SQLValue>(
    _ function: (repeat each Argument) throws -> Result?, _ arguments: repeat (each Argument).Stored?,
    arena: inout Arena, fault: inout Fault, at site: Int
) -> Result.Stored? {
    for argument in repeat each arguments {
        guard argument != nil else { return nil }
    }
    do {
        return try function(repeat (each Argument)(stored: (each arguments).unsafelyUnwrapped))?.stored(in: &arena)
    } catch {
        fault.raise(.externalRoutineException, at: site)
        return nil
    }
}

/// Calls a function written in Swift that is CALLED ON NULL INPUT: its parameters are optional.
@inlinable @inline(__always) public func invokeOnNull<each Argument: SQLValue, Result: SQLValue>(
    _ function: (repeat (each Argument)?) throws -> Result?, _ arguments: repeat (each Argument).Stored?,
    arena: inout Arena, fault: inout Fault, at site: Int
) -> Result.Stored? {
    do {
        return try function(repeat present(each arguments, as: (each Argument).self))?.stored(in: &arena)
    } catch {
        fault.raise(.externalRoutineException, at: site)
        return nil
    }
}

@inlinable @inline(__always) func present<Argument: SQLValue>(
    _ stored: Argument.Stored?, as type: Argument.Type
) -> Argument? {
    guard let stored else { return nil }
    return Argument(stored: stored)
}
