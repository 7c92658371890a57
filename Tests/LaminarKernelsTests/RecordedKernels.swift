import LaminarKernels
import LaminarTypes

/// The kernel behind each name of Tests/Recordings/kernels.cases.
let recordedCalls: [String: RecordedCall] = [
    numberCalls, comparisonCalls, castCalls, dateTimeCalls, mathematicsCalls, stringCalls, templateCalls,
    byteCalls, patternCalls,
].reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }

private let numberCalls: [String: RecordedCall] = [
    "add.smallint": fallible { (a: Int16, b: Int16, fault: inout Fault, site) in add(a, b, &fault, at: site) },
    "add.integer": fallible { (a: Int32, b: Int32, fault: inout Fault, site) in add(a, b, &fault, at: site) },
    "add.bigint": fallible { (a: Int64, b: Int64, fault: inout Fault, site) in add(a, b, &fault, at: site) },
    "subtract.smallint": fallible { (a: Int16, b: Int16, fault: inout Fault, site) in subtract(a, b, &fault, at: site) },
    "subtract.integer": fallible { (a: Int32, b: Int32, fault: inout Fault, site) in subtract(a, b, &fault, at: site) },
    "subtract.bigint": fallible { (a: Int64, b: Int64, fault: inout Fault, site) in subtract(a, b, &fault, at: site) },
    "multiply.smallint": fallible { (a: Int16, b: Int16, fault: inout Fault, site) in multiply(a, b, &fault, at: site) },
    "multiply.integer": fallible { (a: Int32, b: Int32, fault: inout Fault, site) in multiply(a, b, &fault, at: site) },
    "multiply.bigint": fallible { (a: Int64, b: Int64, fault: inout Fault, site) in multiply(a, b, &fault, at: site) },
    "divide.smallint": fallible { (a: Int16, b: Int16, fault: inout Fault, site) in divide(a, b, &fault, at: site) },
    "divide.integer": fallible { (a: Int32, b: Int32, fault: inout Fault, site) in divide(a, b, &fault, at: site) },
    "divide.bigint": fallible { (a: Int64, b: Int64, fault: inout Fault, site) in divide(a, b, &fault, at: site) },
    "remainder.smallint": fallible { (a: Int16, b: Int16, fault: inout Fault, site) in remainder(a, b, &fault, at: site) },
    "remainder.integer": fallible { (a: Int32, b: Int32, fault: inout Fault, site) in remainder(a, b, &fault, at: site) },
    "remainder.bigint": fallible { (a: Int64, b: Int64, fault: inout Fault, site) in remainder(a, b, &fault, at: site) },
    "negate.integer": fallible { (a: Int32, fault: inout Fault, site) in negate(a, &fault, at: site) },
    "negate.bigint": fallible { (a: Int64, fault: inout Fault, site) in negate(a, &fault, at: site) },
    "absolute.smallint": fallible { (a: Int16, fault: inout Fault, site) in absolute(a, &fault, at: site) },
    "absolute.integer": fallible { (a: Int32, fault: inout Fault, site) in absolute(a, &fault, at: site) },
    "absolute.bigint": fallible { (a: Int64, fault: inout Fault, site) in absolute(a, &fault, at: site) },
    "bitAnd.integer": pure { (a: Int32, b: Int32) in bitAnd(a, b) },
    "bitOr.integer": pure { (a: Int32, b: Int32) in bitOr(a, b) },
    "bitXor.integer": pure { (a: Int32, b: Int32) in bitXor(a, b) },
    "bitNot.integer": pure { (a: Int32) in bitNot(a) },
    "shiftLeft.smallint": pure { (a: Int16, b: Int32) in shiftLeft(a, b) },
    "shiftLeft.integer": pure { (a: Int32, b: Int32) in shiftLeft(a, b) },
    "shiftLeft.bigint": pure { (a: Int64, b: Int32) in shiftLeft(a, b) },
    "shiftRight.smallint": pure { (a: Int16, b: Int32) in shiftRight(a, b) },
    "shiftRight.integer": pure { (a: Int32, b: Int32) in shiftRight(a, b) },
    "shiftRight.bigint": pure { (a: Int64, b: Int32) in shiftRight(a, b) },
    "greatestCommonDivisor.integer": fallible { (a: Int32, b: Int32, fault: inout Fault, site) in greatestCommonDivisor(a, b, &fault, at: site) },
    "leastCommonMultiple.integer": fallible { (a: Int32, b: Int32, fault: inout Fault, site) in leastCommonMultiple(a, b, &fault, at: site) },
    "add.double": fallible { (a: Double, b: Double, fault: inout Fault, site) in add(a, b, &fault, at: site) },
    "subtract.double": fallible { (a: Double, b: Double, fault: inout Fault, site) in subtract(a, b, &fault, at: site) },
    "multiply.double": fallible { (a: Double, b: Double, fault: inout Fault, site) in multiply(a, b, &fault, at: site) },
    "divide.double": fallible { (a: Double, b: Double, fault: inout Fault, site) in divide(a, b, &fault, at: site) },
    "add.real": fallible { (a: Float, b: Float, fault: inout Fault, site) in add(a, b, &fault, at: site) },
    "multiply.real": fallible { (a: Float, b: Float, fault: inout Fault, site) in multiply(a, b, &fault, at: site) },
    "divide.real": fallible { (a: Float, b: Float, fault: inout Fault, site) in divide(a, b, &fault, at: site) },
    "add.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in add(a, b, &fault, at: site) },
    "subtract.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in subtract(a, b, &fault, at: site) },
    "multiply.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in multiply(a, b, &fault, at: site) },
    "divide.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in divide(a, b, &fault, at: site) },
    "remainder.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in remainder(a, b, &fault, at: site) },
    "integerQuotient.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in integerQuotient(a, b, &fault, at: site) },
    "negate.numeric": pure { (a: Decimal) in negate(a) },
    "absolute.numeric": pure { (a: Decimal) in absolute(a) },
    "sign.numeric": pure { (a: Decimal) in sign(a) },
    "trimScale.numeric": pure { (a: Decimal) in trimScale(a) },
    "scale.numeric": pure { (a: Decimal) in scale(a) },
    "minimumScale.numeric": pure { (a: Decimal) in minimumScale(a) },
    "rounded.numeric.2": fallible { (a: Decimal, b: Int32, fault: inout Fault, site) in rounded(a, b, &fault, at: site) },
    "truncated.numeric.2": fallible { (a: Decimal, b: Int32, fault: inout Fault, site) in truncated(a, b, &fault, at: site) },
    "rounded.numeric": fallible { (a: Decimal, fault: inout Fault, site) in rounded(a, &fault, at: site) },
    "roundedUp.numeric": fallible { (a: Decimal, fault: inout Fault, site) in roundedUp(a, &fault, at: site) },
    "roundedDown.numeric": fallible { (a: Decimal, fault: inout Fault, site) in roundedDown(a, &fault, at: site) },
    "squareRoot.numeric": fallible { (a: Decimal, fault: inout Fault, site) in squareRoot(a, &fault, at: site) },
    "exponential.numeric": fallible { (a: Decimal, fault: inout Fault, site) in exponential(a, &fault, at: site) },
    "naturalLogarithm.numeric": fallible { (a: Decimal, fault: inout Fault, site) in naturalLogarithm(a, &fault, at: site) },
    "commonLogarithm.numeric": fallible { (a: Decimal, fault: inout Fault, site) in commonLogarithm(a, &fault, at: site) },
    "logarithm.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in logarithm(a, b, &fault, at: site) },
    "power.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in power(a, b, &fault, at: site) },
    "factorial.bigint": fallible { (a: Int64, fault: inout Fault, site) in factorial(a, &fault, at: site) },
]

private let comparisonCalls: [String: RecordedCall] = [
    "equal.double": pure { (a: Double, b: Double) in equal(a, b) },
    "less.double": pure { (a: Double, b: Double) in less(a, b) },
    "lessOrEqual.double": pure { (a: Double, b: Double) in lessOrEqual(a, b) },
    "greater.double": pure { (a: Double, b: Double) in greater(a, b) },
    "greaterOrEqual.double": pure { (a: Double, b: Double) in greaterOrEqual(a, b) },
    "notEqual.double": pure { (a: Double, b: Double) in notEqual(a, b) },
    "equal.numeric": pure { (a: Decimal, b: Decimal) in equal(a, b) },
    "less.numeric": pure { (a: Decimal, b: Decimal) in less(a, b) },
    "equal.interval": pure { (a: Interval, b: Interval) in equal(a, b) },
    "less.interval": pure { (a: Interval, b: Interval) in less(a, b) },
    "equal.text": pure { (a: StringView, b: StringView) in equal(a, b) },
    "less.text": pure { (a: StringView, b: StringView) in less(a, b) },
]

private let castCalls: [String: RecordedCall] = [
    "castToSmallint.text": fallible { (a: StringView, fault: inout Fault, site) in castToSmallint(a, &fault, at: site) },
    "castToInteger.text": fallible { (a: StringView, fault: inout Fault, site) in castToInteger(a, &fault, at: site) },
    "castToBigint.text": fallible { (a: StringView, fault: inout Fault, site) in castToBigint(a, &fault, at: site) },
    "castToReal.text": fallible { (a: StringView, fault: inout Fault, site) in castToReal(a, &fault, at: site) },
    "castToDouble.text": fallible { (a: StringView, fault: inout Fault, site) in castToDouble(a, &fault, at: site) },
    "castToNumeric.text": fallible { (a: StringView, fault: inout Fault, site) in castToNumeric(a, &fault, at: site) },
    "castToBoolean.text": fallible { (a: StringView, fault: inout Fault, site) in castToBoolean(a, &fault, at: site) },
    "castToSmallint.integer": fallible { (a: Int32, fault: inout Fault, site) in castToSmallint(a, &fault, at: site) },
    "castToInteger.bigint": fallible { (a: Int64, fault: inout Fault, site) in castToInteger(a, &fault, at: site) },
    "castToInteger.double": fallible { (a: Double, fault: inout Fault, site) in castToInteger(a, &fault, at: site) },
    "castToBigint.double": fallible { (a: Double, fault: inout Fault, site) in castToBigint(a, &fault, at: site) },
    "castToSmallint.double": fallible { (a: Double, fault: inout Fault, site) in castToSmallint(a, &fault, at: site) },
    "castToInteger.numeric": fallible { (a: Decimal, fault: inout Fault, site) in castToInteger(a, &fault, at: site) },
    "castToBigint.numeric": fallible { (a: Decimal, fault: inout Fault, site) in castToBigint(a, &fault, at: site) },
    "castToReal.double": fallible { (a: Double, fault: inout Fault, site) in castToReal(a, &fault, at: site) },
    "castToNumeric.double": fallible { (a: Double, fault: inout Fault, site) in castToNumeric(a, &fault, at: site) },
    "castToNumeric.real": fallible { (a: Float, fault: inout Fault, site) in castToNumeric(a, &fault, at: site) },
    "castToDouble.numeric": pure { (a: Decimal) in castToDouble(a) },
    "coerceNumeric": fallible { (a: Decimal, fault: inout Fault, site) in coerceNumeric(a, 5, 2, &fault, at: site) },
    "castToText.real": making { (a: Float, arena: inout Arena) in castToText(a, &arena) },
    "castToVarchar": pure { (a: StringView) in castToVarchar(a, 3) },
    "castCharToText": making { (a: StringView, arena: inout Arena) in castCharToText(castToChar(a, 5, &arena)) },
    "castToDate": pure { (a: DateCell) in a },
    "castToTime": pure { (a: TimeCell) in a },
    "castToTimestamp": pure { (a: TimestampCell) in a },
    "castToTimestamptz": pure { (a: TimestamptzCell) in a },
    "castToInterval": pure { (a: Interval) in a },
    "castToBytea": pure { (a: ByteaCell) in a },
    "castToInterval.hour": qualified(.hour),
    "castToInterval.day": qualified(.day),
    "castToInterval.month": qualified(.month),
    "castToInterval.year": qualified(.year),
    "castToInterval.minuteToSecond": qualified(.range(.minute, .second)),
    "castToInterval.hourToMinute": qualified(.range(.hour, .minute)),
    "castToInterval.dayToSecond": qualified(.range(.day, .second)),
    "castToInterval.yearToMonth": qualified(.range(.year, .month)),
    "roundTimestamp.0": pure { (a: TimestampCell) in TimestampCell(value: roundTimestamp(a.value, 0)) },
    "roundTimestamp.3": pure { (a: TimestampCell) in TimestampCell(value: roundTimestamp(a.value, 3)) },
    "castDateToTimestamp": fallible { (a: DateCell, fault: inout Fault, site) in
        TimestampCell(value: castDateToTimestamp(a.value, &fault, at: site))
    },
    "castTimestampToDate": pure { (a: TimestampCell) in DateCell(value: castTimestampToDate(a.value)) },
    "castTimestampToTime": pure { (a: TimestampCell) in TimeCell(value: castTimestampToTime(a.value)) },
    "castIntervalToTime": pure { (a: Interval) in TimeCell(value: castIntervalToTime(a)) },
]

private func qualified(_ qualifier: IntervalQualifier) -> RecordedCall {
    fallible { (a: StringView, fault: inout Fault, site) in
        castToInterval(a, Int32(qualifier.rawValue), &fault, at: site)
    }
}

private let dateTimeCalls: [String: RecordedCall] = [
    "extractFromTimestamp": fallible { (a: FieldCell, b: TimestampCell, fault: inout Fault, site) in
        extractFromTimestamp(a.value, b.value, &fault, at: site)
    },
    "extractFromTimestamp.infinite": fallible { (a: FieldCell, b: TimestampCell, fault: inout Fault, site) in
        extractFromTimestamp(a.value, b.value, &fault, at: site)
    },
    "extractFromDate": fallible { (a: FieldCell, b: DateCell, fault: inout Fault, site) in
        extractFromDate(a.value, b.value, &fault, at: site)
    },
    "extractFromTime": fallible { (a: FieldCell, b: TimeCell, fault: inout Fault, site) in
        extractFromTime(a.value, b.value, &fault, at: site)
    },
    "extractFromTimestamptz": fallible { (a: FieldCell, b: TimestamptzCell, fault: inout Fault, site) in
        extractFromTimestamptz(a.value, b.value, &fault, at: site)
    },
    "datePartOfTimestamp": fallible { (a: FieldCell, b: TimestampCell, fault: inout Fault, site) in
        datePartOfTimestamp(a.value, b.value, &fault, at: site)
    },
    "extractFromInterval": fallible { (a: FieldCell, b: Interval, fault: inout Fault, site) in
        extractFromInterval(a.value, b, &fault, at: site)
    },
    "datePartOfInterval": fallible { (a: FieldCell, b: Interval, fault: inout Fault, site) in
        datePartOfInterval(a.value, b, &fault, at: site)
    },
    "truncateInterval": fallible { (a: FieldCell, b: Interval, fault: inout Fault, site) in
        truncateInterval(a.value, b, &fault, at: site)
    },
    "truncateTimestamp": fallible { (a: FieldCell, b: TimestampCell, fault: inout Fault, site) in
        TimestampCell(value: truncateTimestamp(a.value, b.value, &fault, at: site))
    },
    "binTimestamp": fallible { (a: Interval, b: TimestampCell, c: TimestampCell, fault: inout Fault, site) in
        TimestampCell(value: binTimestamp(a, b.value, c.value, &fault, at: site))
    },
    "addInterval": fallible { (a: TimestampCell, b: Interval, fault: inout Fault, site) in
        TimestampCell(value: addInterval(a.value, b, &fault, at: site))
    },
    "subtractInterval": fallible { (a: TimestampCell, b: Interval, fault: inout Fault, site) in
        TimestampCell(value: subtractInterval(a.value, b, &fault, at: site))
    },
    "subtractTimestamps": fallible { (a: TimestampCell, b: TimestampCell, fault: inout Fault, site) in
        subtractTimestamps(a.value, b.value, &fault, at: site)
    },
    "age": fallible { (a: TimestampCell, b: TimestampCell, fault: inout Fault, site) in
        age(a.value, b.value, &fault, at: site)
    },
    "addDays": fallible { (a: DateCell, b: Int32, fault: inout Fault, site) in
        DateCell(value: addDays(a.value, b, &fault, at: site))
    },
    "subtractDays": fallible { (a: DateCell, b: Int32, fault: inout Fault, site) in
        DateCell(value: subtractDays(a.value, b, &fault, at: site))
    },
    "subtractDates": fallible { (a: DateCell, b: DateCell, fault: inout Fault, site) in
        subtractDates(a.value, b.value, &fault, at: site)
    },
    "addTimeToDate": fallible { (a: DateCell, b: TimeCell, fault: inout Fault, site) in
        TimestampCell(value: addTimeToDate(a.value, b.value, &fault, at: site))
    },
    "addIntervalToTime": pure { (a: TimeCell, b: Interval) in
        TimeCell(value: addIntervalToTime(a.value, b))
    },
    "subtractIntervalFromTime": pure { (a: TimeCell, b: Interval) in
        TimeCell(value: subtractIntervalFromTime(a.value, b))
    },
    "subtractTimes": pure { (a: TimeCell, b: TimeCell) in
        subtractTimes(a.value, b.value)
    },
    "add.interval": fallible { (a: Interval, b: Interval, fault: inout Fault, site) in add(a, b, &fault, at: site) },
    "subtract.interval": fallible { (a: Interval, b: Interval, fault: inout Fault, site) in subtract(a, b, &fault, at: site) },
    "negate.interval": fallible { (a: Interval, fault: inout Fault, site) in negate(a, &fault, at: site) },
    "multiply.interval": fallible { (a: Interval, b: Double, fault: inout Fault, site) in multiply(a, b, &fault, at: site) },
    "divide.interval": fallible { (a: Interval, b: Double, fault: inout Fault, site) in divide(a, b, &fault, at: site) },
    "justifyHours": fallible { (a: Interval, fault: inout Fault, site) in justifyHours(a, &fault, at: site) },
    "justifyDays": fallible { (a: Interval, fault: inout Fault, site) in justifyDays(a, &fault, at: site) },
    "justifyInterval": fallible { (a: Interval, fault: inout Fault, site) in justifyInterval(a, &fault, at: site) },
    "makeDate": fallible { (a: Int32, b: Int32, c: Int32, fault: inout Fault, site) in
        DateCell(value: makeDate(a, b, c, &fault, at: site))
    },
    "makeTime": fallible { (a: Int32, b: Int32, c: Double, fault: inout Fault, site) in
        TimeCell(value: makeTime(a, b, c, &fault, at: site))
    },
    "makeTimestamp": RecordedCall { texts, arena, fault in
        let fields = texts[0..<5].map { castToInteger($0, &fault, at: 0) }
        let seconds = castToDouble(texts[5], &fault, at: 0)
        let result = makeTimestamp(
            fields[0], fields[1], fields[2], fields[3], fields[4], seconds, &fault, at: 0)
        return TimestampCell(value: result).write(&arena)
    },
    "makeInterval": RecordedCall { texts, arena, fault in
        let fields = texts[0..<6].map { castToInteger($0, &fault, at: 0) }
        let seconds = castToDouble(texts[6], &fault, at: 0)
        return makeInterval(
            fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], seconds, &fault, at: 0
        ).write(&arena)
    },
    "timestampFromEpoch": fallible { (a: Double, fault: inout Fault, site) in
        TimestamptzCell(value: timestampFromEpoch(a, &fault, at: site))
    },
    "atTimeZone.timestamptz": fallible { (a: StringView, b: TimestamptzCell, fault: inout Fault, site) in
        TimestampCell(value: timestamptzAtZone(a, b.value, &fault, at: site))
    },
    "atTimeZone.timestamp": fallible { (a: StringView, b: TimestampCell, fault: inout Fault, site) in
        TimestamptzCell(value: timestampAtZone(a, b.value, &fault, at: site))
    },
]

private let mathematicsCalls: [String: RecordedCall] = [
    "rounded.double": pure { (a: Double) in rounded(a) },
    "roundedUp.double": pure { (a: Double) in roundedUp(a) },
    "roundedDown.double": pure { (a: Double) in roundedDown(a) },
    "truncated.double": pure { (a: Double) in truncated(a) },
    "sign.double": pure { (a: Double) in sign(a) },
    "cubeRoot.double": pure { (a: Double) in cubeRoot(a) },
    "arcTangent.double": pure { (a: Double) in arcTangent(a) },
    "hyperbolicSine.double": pure { (a: Double) in hyperbolicSine(a) },
    "hyperbolicCosine.double": pure { (a: Double) in hyperbolicCosine(a) },
    "hyperbolicTangent.double": pure { (a: Double) in hyperbolicTangent(a) },
    "areaHyperbolicSine.double": pure { (a: Double) in areaHyperbolicSine(a) },
    "radians.double": fallible { (a: Double, fault, site) in radians(a, &fault, at: site) },
    "arcTangentInDegrees.double": pure { (a: Double) in arcTangentInDegrees(a) },
    "squareRoot.double": fallible { (a: Double, fault: inout Fault, site) in squareRoot(a, &fault, at: site) },
    "exponential.double": fallible { (a: Double, fault: inout Fault, site) in exponential(a, &fault, at: site) },
    "naturalLogarithm.double": fallible { (a: Double, fault: inout Fault, site) in naturalLogarithm(a, &fault, at: site) },
    "commonLogarithm.double": fallible { (a: Double, fault: inout Fault, site) in commonLogarithm(a, &fault, at: site) },
    "sine.double": fallible { (a: Double, fault: inout Fault, site) in sine(a, &fault, at: site) },
    "cosine.double": fallible { (a: Double, fault: inout Fault, site) in cosine(a, &fault, at: site) },
    "tangent.double": fallible { (a: Double, fault: inout Fault, site) in tangent(a, &fault, at: site) },
    "cotangent.double": fallible { (a: Double, fault: inout Fault, site) in cotangent(a, &fault, at: site) },
    "arcSine.double": fallible { (a: Double, fault: inout Fault, site) in arcSine(a, &fault, at: site) },
    "arcCosine.double": fallible { (a: Double, fault: inout Fault, site) in arcCosine(a, &fault, at: site) },
    "areaHyperbolicCosine.double": fallible { (a: Double, fault: inout Fault, site) in areaHyperbolicCosine(a, &fault, at: site) },
    "areaHyperbolicTangent.double": fallible { (a: Double, fault: inout Fault, site) in areaHyperbolicTangent(a, &fault, at: site) },
    "degrees.double": fallible { (a: Double, fault: inout Fault, site) in degrees(a, &fault, at: site) },
    "sineOfDegrees.double": fallible { (a: Double, fault: inout Fault, site) in sineOfDegrees(a, &fault, at: site) },
    "cosineOfDegrees.double": fallible { (a: Double, fault: inout Fault, site) in cosineOfDegrees(a, &fault, at: site) },
    "tangentOfDegrees.double": fallible { (a: Double, fault: inout Fault, site) in tangentOfDegrees(a, &fault, at: site) },
    "cotangentOfDegrees.double": fallible { (a: Double, fault: inout Fault, site) in cotangentOfDegrees(a, &fault, at: site) },
    "arcSineInDegrees.double": fallible { (a: Double, fault: inout Fault, site) in arcSineInDegrees(a, &fault, at: site) },
    "arcCosineInDegrees.double": fallible { (a: Double, fault: inout Fault, site) in arcCosineInDegrees(a, &fault, at: site) },
    "power.double": fallible { (a: Double, b: Double, fault: inout Fault, site) in power(a, b, &fault, at: site) },
    "arcTangent2.double": pure { (a: Double, b: Double) in arcTangent2(a, b) },
    "arcTangent2InDegrees.double": pure { (a: Double, b: Double) in arcTangent2InDegrees(a, b) },
    "widthBucket.double": RecordedCall { texts, arena, fault in
        let bounds = texts[0..<3].map { Double.read($0, &arena, &fault) }
        let count = castToInteger(texts[3], &fault, at: 0)
        return widthBucket(bounds[0], bounds[1], bounds[2], count, &fault, at: 0).write(&arena)
    },
    "widthBucket.numeric": RecordedCall { texts, arena, fault in
        let bounds = texts[0..<3].map { Decimal.read($0, &arena, &fault) }
        let count = castToInteger(texts[3], &fault, at: 0)
        return widthBucket(bounds[0], bounds[1], bounds[2], count, &fault, at: 0).write(&arena)
    },
]

private let stringCalls: [String: RecordedCall] = [
    "characterLength": pure { (a: StringView) in characterLength(a) },
    "octetLength": pure { (a: StringView) in octetLength(a) },
    "bitLength": pure { (a: StringView) in bitLength(a) },
    "trimBoth": pure { (a: StringView) in trimBoth(a) },
    "trimLeading": pure { (a: StringView) in trimLeading(a) },
    "trimTrailing": pure { (a: StringView) in trimTrailing(a) },
    "firstCodePoint": pure { (a: StringView) in firstCodePoint(a) },
    "trimBoth.2": pure { (a: StringView, b: StringView) in trimBoth(a, b) },
    "trimLeading.2": pure { (a: StringView, b: StringView) in trimLeading(a, b) },
    "trimTrailing.2": pure { (a: StringView, b: StringView) in trimTrailing(a, b) },
    "lower": making { (a: StringView, arena: inout Arena) in lower(a, &arena) },
    "upper": making { (a: StringView, arena: inout Arena) in upper(a, &arena) },
    "initialCapitals": making { (a: StringView, arena: inout Arena) in initialCapitals(a, &arena) },
    "reversed": making { (a: StringView, arena: inout Arena) in reversed(a, &arena) },
    "md5": making { (a: StringView, arena: inout Arena) in md5(a, &arena) },
    "concatenate": making { (a: StringView, b: StringView, arena: inout Arena) in concatenate(a, b, &arena) },
    "substring.2": pure { (a: StringView, b: Int32) in substring(a, b) },
    "substring.3": fallible { (a: StringView, b: Int32, c: Int32, fault: inout Fault, site) in
        substring(a, b, c, &fault, at: site)
    },
    "left": pure { (a: StringView, b: Int32) in left(a, b) },
    "right": pure { (a: StringView, b: Int32) in right(a, b) },
    "splitPart": fallible { (a: StringView, b: StringView, c: Int32, fault: inout Fault, site) in
        splitPart(a, b, c, &fault, at: site)
    },
    "position": pure { (a: StringView, b: StringView) in position(a, b) },
    "startsWith": pure { (a: StringView, b: StringView) in startsWith(a, b) },
    "replace": making { (a: StringView, b: StringView, c: StringView, arena: inout Arena) in replace(a, b, c, &arena) },
    "translate": making { (a: StringView, b: StringView, c: StringView, arena: inout Arena) in translate(a, b, c, &arena) },
    "overlay.4": RecordedCall { texts, arena, fault in
        let start = castToInteger(texts[2], &fault, at: 0)
        let count = castToInteger(texts[3], &fault, at: 0)
        return overlay(texts[0], texts[1], start, count, &arena, &fault, at: 0)
    },
    "overlay.3": RecordedCall { texts, arena, fault in
        let start = castToInteger(texts[2], &fault, at: 0)
        return overlay(texts[0], texts[1], start, &arena, &fault, at: 0)
    },
    "padLeft": RecordedCall { texts, arena, fault in
        let length = castToInteger(texts[1], &fault, at: 0)
        return padLeft(texts[0], length, texts[2], &arena, &fault, at: 0)
    },
    "padLeft.2": RecordedCall { texts, arena, fault in
        let length = castToInteger(texts[1], &fault, at: 0)
        return padLeft(texts[0], length, &arena, &fault, at: 0)
    },
    "padRight": RecordedCall { texts, arena, fault in
        let length = castToInteger(texts[1], &fault, at: 0)
        return padRight(texts[0], length, texts[2], &arena, &fault, at: 0)
    },
    "padRight.2": RecordedCall { texts, arena, fault in
        let length = castToInteger(texts[1], &fault, at: 0)
        return padRight(texts[0], length, &arena, &fault, at: 0)
    },
    "quotedIdentifier": RecordedCall { texts, arena, _ in quotedIdentifier(texts[0], &arena) },
    "quotedLiteral": RecordedCall { texts, arena, _ in quotedLiteral(texts[0], &arena) },
    "formatText": RecordedCall { texts, arena, fault in
        let kind = Int32(ArrayValue.Kind.text.rawValue)
        let arguments = castTextToArray(texts[1], kind, &arena, &fault, at: 0)
        return formatText(texts[0], arguments, &arena, &fault, at: 0)
    },
    "repeated": RecordedCall { texts, arena, fault in
        let count = castToInteger(texts[1], &fault, at: 0)
        return repeated(texts[0], count, &arena, &fault, at: 0)
    },
    "character": RecordedCall { texts, arena, fault in
        let code = castToInteger(texts[0], &fault, at: 0)
        return character(code, &arena, &fault, at: 0)
    },
    "toHexadecimal.integer": RecordedCall { texts, arena, fault in
        let value = castToInteger(texts[0], &fault, at: 0)
        return toHexadecimal(value, &arena)
    },
    "toHexadecimal.bigint": RecordedCall { texts, arena, fault in
        let value = castToBigint(texts[0], &fault, at: 0)
        return toHexadecimal(value, &arena)
    },
    "encode": RecordedCall { texts, arena, fault in
        let bytes = castToBytea(texts[0], &arena, &fault, at: 0)
        return encode(bytes, texts[1], &arena, &fault, at: 0)
    },
    "decode": RecordedCall { texts, arena, fault in
        let bytes = decode(texts[0], texts[1], &arena, &fault, at: 0)
        return castByteaToText(bytes, &arena)
    },
    "like": fallible { (a: StringView, b: StringView, fault: inout Fault, site) in like(a, b, &fault, at: site) },
    "ilike": fallible { (a: StringView, b: StringView, fault: inout Fault, site) in ilike(a, b, &fault, at: site) },
    "like.escape": fallible { (a: StringView, b: StringView, c: StringView, fault: inout Fault, site) in
        like(a, b, c, &fault, at: site)
    },
]

private let templateCalls: [String: RecordedCall] = [
    "formatTimestamp": making { (a: TimestampCell, b: StringView, arena: inout Arena) in formatTimestamp(a.value, b, &arena) },
    "formatTimestamptz": making { (a: TimestamptzCell, b: StringView, arena: inout Arena) in formatTimestamptz(a.value, b, &arena) },
    "formatInterval": RecordedCall { texts, arena, fault in
        let value = castToInterval(texts[0], &fault, at: 0)
        return formatInterval(value, texts[1], &arena, &fault, at: 0)
    },
    "formatNumber.integer": RecordedCall { texts, arena, fault in
        formatNumber(castToInteger(texts[0], &fault, at: 0), texts[1], &arena, &fault, at: 0)
    },
    "formatNumber.bigint": RecordedCall { texts, arena, fault in
        formatNumber(castToBigint(texts[0], &fault, at: 0), texts[1], &arena, &fault, at: 0)
    },
    "formatNumber.numeric": RecordedCall { texts, arena, fault in
        formatNumber(castToNumeric(texts[0], &fault, at: 0), texts[1], &arena, &fault, at: 0)
    },
    "formatNumber.double": RecordedCall { texts, arena, fault in
        formatNumber(castToDouble(texts[0], &fault, at: 0), texts[1], &arena, &fault, at: 0)
    },
    "formatNumber.real": RecordedCall { texts, arena, fault in
        formatNumber(castToReal(texts[0], &fault, at: 0), texts[1], &arena, &fault, at: 0)
    },
    "parseNumber": fallible { (a: StringView, b: StringView, fault: inout Fault, site) in
        parseNumber(a, b, &fault, at: site)
    },
    "isFiniteInterval": pure { (a: Interval) in isFiniteInterval(a) },
    "normaliseJSON": RecordedCall { texts, arena, fault in castToJSONB(texts[0], &arena, &fault, at: 0) },
    "truncateTimestamptz": fallible { (a: FieldCell, b: TimestamptzCell, c: StringView, fault: inout Fault, site) in
        TimestamptzCell(value: truncateTimestamptz(a.value, b.value, c, &fault, at: site))
    },
    "castToReal.numeric": fallible { (a: Decimal, fault: inout Fault, site) in castToReal(a, &fault, at: site) },
    "parseTimestamp": fallible { (a: StringView, b: StringView, fault: inout Fault, site) in
        TimestamptzCell(value: parseTimestamp(a, b, &fault, at: site))
    },
    "parseDate": fallible { (a: StringView, b: StringView, fault: inout Fault, site) in
        DateCell(value: parseDate(a, b, &fault, at: site))
    },
]

private let byteCalls: [String: RecordedCall] = [
    "greatestCommonDivisor.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in greatestCommonDivisor(a, b, &fault, at: site) },
    "leastCommonMultiple.numeric": fallible { (a: Decimal, b: Decimal, fault: inout Fault, site) in leastCommonMultiple(a, b, &fault, at: site) },
    "castToUUID": pure { (a: UUIDBytes) in a },
    "less.uuid": pure { (a: UUIDBytes, b: UUIDBytes) in less(a, b) },
    "substringOfBytes.3": fallible { (a: ByteaCell, b: Int32, c: Int32, fault: inout Fault, site) in
        ByteaCell(value: substringOfBytes(a.value, b, c, &fault, at: site))
    },
    "substringOfBytes.2": pure { (a: ByteaCell, b: Int32) in ByteaCell(value: substringOfBytes(a.value, b)) },
    "positionOfBytes": pure { (a: ByteaCell, b: ByteaCell) in positionOfBytes(a.value, b.value) },
    "trimBytesBoth": pure { (a: ByteaCell, b: ByteaCell) in ByteaCell(value: trimBytesBoth(a.value, b.value)) },
    "trimBytesLeading": pure { (a: ByteaCell, b: ByteaCell) in ByteaCell(value: trimBytesLeading(a.value, b.value)) },
    "trimBytesTrailing": pure { (a: ByteaCell, b: ByteaCell) in ByteaCell(value: trimBytesTrailing(a.value, b.value)) },
    "overlayBytes": RecordedCall { texts, arena, fault in
        let a = castToBytea(texts[0], &arena, &fault, at: 0)
        let b = castToBytea(texts[1], &arena, &fault, at: 0)
        let start = castToInteger(texts[2], &fault, at: 0)
        let count = castToInteger(texts[3], &fault, at: 0)
        return castByteaToText(overlayBytes(a, b, start, count, &arena, &fault, at: 0), &arena)
    },
    "byte": fallible { (a: ByteaCell, b: Int32, fault: inout Fault, site) in byte(a.value, b, &fault, at: site) },
    "bit": fallible { (a: ByteaCell, b: Int64, fault: inout Fault, site) in bit(a.value, b, &fault, at: site) },
    "settingByte": RecordedCall { texts, arena, fault in
        let bytes = castToBytea(texts[0], &arena, &fault, at: 0)
        let index = castToInteger(texts[1], &fault, at: 0)
        let value = castToInteger(texts[2], &fault, at: 0)
        return castByteaToText(settingByte(bytes, index, value, &arena, &fault, at: 0), &arena)
    },
    "settingBit": RecordedCall { texts, arena, fault in
        let bytes = castToBytea(texts[0], &arena, &fault, at: 0)
        let index = castToBigint(texts[1], &fault, at: 0)
        let value = castToInteger(texts[2], &fault, at: 0)
        return castByteaToText(settingBit(bytes, index, value, &arena, &fault, at: 0), &arena)
    },
    "bitCount": pure { (a: ByteaCell) in bitCount(a.value) },
    "textFromBytes": fallible { (a: ByteaCell, b: StringView, fault: inout Fault, site) in
        textFromBytes(a.value, b, &fault, at: site)
    },
]

private let patternCalls: [String: RecordedCall] = [
    "matchesRegularExpression": fallible { (a: StringView, b: StringView, fault: inout Fault, site) in matchesRegularExpression(a, b, &fault, at: site) },
    "matchesRegularExpressionIgnoringCase": fallible { (a: StringView, b: StringView, fault: inout Fault, site) in matchesRegularExpressionIgnoringCase(a, b, &fault, at: site) },
    "similarTo": fallible { (a: StringView, b: StringView, fault: inout Fault, site) in similarTo(a, b, &fault, at: site) },
    "substringMatching": fallible { (a: StringView, b: StringView, fault: inout Fault, site) in substringMatching(a, b, &fault, at: site) },
    "matchesRegularExpression.flags": fallible { (a: StringView, b: StringView, c: StringView, fault: inout Fault, site) in
        matchesRegularExpression(a, b, c, &fault, at: site)
    },
    "similarTo.escape": fallible { (a: StringView, b: StringView, c: StringView, fault: inout Fault, site) in
        similarTo(a, b, c, &fault, at: site)
    },
    "replaceRegularExpression.3": RecordedCall { texts, arena, fault in
        return replaceRegularExpression(texts[0], texts[1], texts[2], &arena, &fault, at: 0)
    },
    "replaceRegularExpression.4": RecordedCall { texts, arena, fault in
        return replaceRegularExpression(texts[0], texts[1], texts[2], texts[3], &arena, &fault, at: 0)
    },
    "replaceRegularExpression.6": RecordedCall { texts, arena, fault in
        let start = castToInteger(texts[3], &fault, at: 0)
        let number = castToInteger(texts[4], &fault, at: 0)
        return replaceRegularExpression(
            texts[0], texts[1], texts[2], start, number, texts[5], &arena, &fault, at: 0)
    },
    "countRegularExpression": RecordedCall { texts, arena, fault in
        let start = castToInteger(texts[2], &fault, at: 0)
        return countRegularExpression(texts[0], texts[1], start, texts[3], &fault, at: 0).write(&arena)
    },
    "positionOfRegularExpression": RecordedCall { texts, arena, fault in
        let numbers = [2, 3, 4, 6].map { castToInteger(texts[$0], &fault, at: 0) }
        return positionOfRegularExpression(
            texts[0], texts[1], numbers[0], numbers[1], numbers[2], texts[5], numbers[3], &fault, at: 0
        ).write(&arena)
    },
    "substringOfRegularExpression": RecordedCall { texts, arena, fault in
        let numbers = [2, 3, 5].map { castToInteger(texts[$0], &fault, at: 0) }
        return substringOfRegularExpression(
            texts[0], texts[1], numbers[0], numbers[1], texts[4], numbers[2], &fault, at: 0)
    },
]
