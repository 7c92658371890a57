// Hands on what was held back while a batch was processed; false if there is nothing.

private func __release__() -> Bool {
    if failures.hasStopped(__index__) { return false }
    __rows__.clear()
    if !__operator__.release(into: __rows__) { return false }
    __send__()
    return true
}
