// The typed entry for rows of one source that are added and taken back.

/// Processes one change of `__relation__`.
public func push(_ change: Change<__Row__>) throws(PipelineError) {
    __rows__.clear()
    __rows__.append(change)
    try __pushRows__()
}

/// Processes changes of `__relation__`, in order.
public func push(_ changes: some Sequence<Change<__Row__>>) throws(PipelineError) {
    __rows__.clear()
    for change in changes {
        __rows__.append(change)
        if __rows__.rowCount == 1024 {
            try __pushRows__()
            __rows__.clear()
        }
    }
    try __pushRows__()
}
