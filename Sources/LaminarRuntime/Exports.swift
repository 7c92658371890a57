// Generated code imports LaminarRuntime alone; what it names of these comes with it.
@_exported public import LaminarColumns
@_exported public import LaminarKernels
@_exported public import LaminarState
@_exported public import LaminarTypes
