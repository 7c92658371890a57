/// Bounds on what the parser accepts, so that no later stage can be driven out of its stack.
///
/// They are chosen so that a recursive walk may use 30 KiB of stack per level on a thread of 8 MiB, which is what a large
/// `switch` takes in a debug build.
public enum SyntaxLimits {
    /// How deep parentheses, brackets, calls and CASE may nest; a subquery counts four times.
    public static let nesting = 256
    /// How high a tree of operators, joins or set operations may be: also the length of a chain such as `a + a + a`.
    /// AND and OR are flat and have no limit.
    public static let height = 256
}
