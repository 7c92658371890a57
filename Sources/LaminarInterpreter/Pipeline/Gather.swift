/// Writes the numbers of the set bits among the first `count` to `rows`, ascending; how many there are.
func listRows(_ bits: UnsafePointer<UInt64>, count: Int, into rows: UnsafeMutablePointer<Int32>) -> Int {
    var found = 0
    for word in 0..<((count &+ 63) &>> 6) {
        var left = bits[word]
        if left == ~0 {
            for bit in 0..<64 { rows[found &+ bit] = Int32(truncatingIfNeeded: word &<< 6 &+ bit) }
            found &+= 64
            continue
        }
        while left != 0 {
            rows[found] = Int32(truncatingIfNeeded: word &<< 6 &+ left.trailingZeroBitCount)
            found &+= 1
            left &= left &- 1
        }
    }
    return found
}
