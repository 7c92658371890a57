/// Bounds on what the parser accepts, so that no later stage can be driven out of its stack.
public enum SyntaxLimits {
    /// How deep parentheses, brackets, CASE and subqueries may nest.
    public static let nesting = 256
    /// How high an expression tree may be: also the length of a chain such as `a + a + a`.
    public static let expressionHeight = 1_000
    /// How many joins or set operations may stand in one chain.
    public static let chainLength = 256
}
