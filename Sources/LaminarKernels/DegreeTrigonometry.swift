import Glibc

// Angles in degrees, exact where PostgreSQL is: at multiples of 30, 45 and 60 degrees. Results are scaled by the library's
// own value at 30, 45 or 60 degrees, after `float.c` of PostgreSQL.

private let radiansPerDegree = 0.0174532925199432957692
private let sineOf30 = sin(30 * radiansPerDegree)
private let oneMinusCosineOf60 = 1 - cos(60 * radiansPerDegree)
private let arcSineOfHalf = asin(0.5)
private let arcCosineOfHalf = acos(0.5)
private let arcTangentOfOne = atan(1.0)
private let tangentOf45 = sineQuadrant(45) / cosineQuadrant(45)
private let cotangentOf45 = cosineQuadrant(45) / sineQuadrant(45)

private func sineTo30(_ x: Double) -> Double { sin(x * radiansPerDegree) / sineOf30 / 2 }

private func cosineTo60(_ x: Double) -> Double { 1 - (1 - cos(x * radiansPerDegree)) / oneMinusCosineOf60 / 2 }

private func sineQuadrant(_ x: Double) -> Double { x <= 30 ? sineTo30(x) : cosineTo60(90 - x) }

private func cosineQuadrant(_ x: Double) -> Double { x <= 60 ? cosineTo60(x) : sineTo30(90 - x) }

private func infinite(_ fault: inout Fault, at site: Int) -> Double {
    fault.raise(EvaluationErrorCode.numericValueOutOfRange, at: site)
    return 0
}

/// `sind(a)`; 22003 of an infinity.
public func sineOfDegrees(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    if a.isNaN { return a }
    if a.isInfinite { return infinite(&fault, at: site) }
    var angle = fmod(a, 360)
    var sign = 1.0
    if angle < 0 { (angle, sign) = (-angle, -sign) }
    if angle > 180 { (angle, sign) = (360 - angle, -sign) }
    if angle > 90 { angle = 180 - angle }
    return sign * sineQuadrant(angle)
}

/// `cosd(a)`; 22003 of an infinity.
public func cosineOfDegrees(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    if a.isNaN { return a }
    if a.isInfinite { return infinite(&fault, at: site) }
    var angle = fmod(a, 360).magnitude
    var sign = 1.0
    if angle > 180 { angle = 360 - angle }
    if angle > 90 { (angle, sign) = (180 - angle, -sign) }
    return sign * cosineQuadrant(angle)
}

/// `tand(a)`; 22003 of an infinity.
public func tangentOfDegrees(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    if a.isNaN { return a }
    if a.isInfinite { return infinite(&fault, at: site) }
    let (angle, sign) = firstQuadrant(a)
    // Adding zero takes the sign off a negative zero.
    return sign * (sineQuadrant(angle) / cosineQuadrant(angle) / tangentOf45) + 0
}

/// `cotd(a)`; 22003 of an infinity.
public func cotangentOfDegrees(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    if a.isNaN { return a }
    if a.isInfinite { return infinite(&fault, at: site) }
    let (angle, sign) = firstQuadrant(a)
    return sign * (cosineQuadrant(angle) / sineQuadrant(angle) / cotangentOf45) + 0
}

private func firstQuadrant(_ a: Double) -> (angle: Double, sign: Double) {
    var angle = fmod(a, 360)
    var sign = 1.0
    if angle < 0 { (angle, sign) = (-angle, -sign) }
    if angle > 180 { (angle, sign) = (360 - angle, -sign) }
    if angle > 90 { (angle, sign) = (180 - angle, -sign) }
    return (angle, sign)
}

private func arcSineQuadrant(_ x: Double) -> Double {
    x <= 0.5 ? asin(x) / arcSineOfHalf * 30 : 90 - acos(x) / arcCosineOfHalf * 60
}

private func arcCosineQuadrant(_ x: Double) -> Double {
    x <= 0.5 ? 90 - asin(x) / arcSineOfHalf * 30 : acos(x) / arcCosineOfHalf * 60
}

/// `asind(a)`; 22003 outside −1…1.
public func arcSineInDegrees(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    if a.magnitude > 1 { return infinite(&fault, at: site) }
    return a >= 0 ? arcSineQuadrant(a) : -arcSineQuadrant(-a)
}

/// `acosd(a)`; 22003 outside −1…1.
public func arcCosineInDegrees(_ a: Double, _ fault: inout Fault, at site: Int) -> Double {
    if a.magnitude > 1 { return infinite(&fault, at: site) }
    return a >= 0 ? arcCosineQuadrant(a) : 90 + arcSineQuadrant(-a)
}

/// `atand(a)`.
public func arcTangentInDegrees(_ a: Double) -> Double { atan(a) / arcTangentOfOne * 45 }

/// `atan2d(y, x)`.
public func arcTangent2InDegrees(_ y: Double, _ x: Double) -> Double { atan2(y, x) / arcTangentOfOne * 45 }
