import LaminarKernels
import LaminarTypes

extension KernelThunks {
    /// The kernels of `Comparison.swift`.
    mutating func addComparison() {
        register("atMostOneRow(int64)", .canFail) { $0.each(atMostOneRow as FallibleUnary<Int64, Bool>) }
        register("equal(int16,int16)") { $0.binary(equal as Binary<Int16, Int16, Bool>) }
        register("equal(int32,int32)") { $0.binary(equal as Binary<Int32, Int32, Bool>) }
        register("equal(int64,int64)") { $0.binary(equal as Binary<Int64, Int64, Bool>) }
        register("equal(uint64,uint64)") { $0.binary(equal as Binary<UInt64, UInt64, Bool>) }
        register("notEqual(int16,int16)") { $0.binary(notEqual as Binary<Int16, Int16, Bool>) }
        register("notEqual(int32,int32)") { $0.binary(notEqual as Binary<Int32, Int32, Bool>) }
        register("notEqual(int64,int64)") { $0.binary(notEqual as Binary<Int64, Int64, Bool>) }
        register("notEqual(uint64,uint64)") { $0.binary(notEqual as Binary<UInt64, UInt64, Bool>) }
        register("less(int16,int16)") { $0.binary(less as Binary<Int16, Int16, Bool>) }
        register("less(int32,int32)") { $0.binary(less as Binary<Int32, Int32, Bool>) }
        register("less(int64,int64)") { $0.binary(less as Binary<Int64, Int64, Bool>) }
        register("less(uint64,uint64)") { $0.binary(less as Binary<UInt64, UInt64, Bool>) }
        register("lessOrEqual(int16,int16)") { $0.binary(lessOrEqual as Binary<Int16, Int16, Bool>) }
        register("lessOrEqual(int32,int32)") { $0.binary(lessOrEqual as Binary<Int32, Int32, Bool>) }
        register("lessOrEqual(int64,int64)") { $0.binary(lessOrEqual as Binary<Int64, Int64, Bool>) }
        register("lessOrEqual(uint64,uint64)") { $0.binary(lessOrEqual as Binary<UInt64, UInt64, Bool>) }
        register("greater(int16,int16)") { $0.binary(greater as Binary<Int16, Int16, Bool>) }
        register("greater(int32,int32)") { $0.binary(greater as Binary<Int32, Int32, Bool>) }
        register("greater(int64,int64)") { $0.binary(greater as Binary<Int64, Int64, Bool>) }
        register("greater(uint64,uint64)") { $0.binary(greater as Binary<UInt64, UInt64, Bool>) }
        register("greaterOrEqual(int16,int16)") { $0.binary(greaterOrEqual as Binary<Int16, Int16, Bool>) }
        register("greaterOrEqual(int32,int32)") { $0.binary(greaterOrEqual as Binary<Int32, Int32, Bool>) }
        register("greaterOrEqual(int64,int64)") { $0.binary(greaterOrEqual as Binary<Int64, Int64, Bool>) }
        register("greaterOrEqual(uint64,uint64)") { $0.binary(greaterOrEqual as Binary<UInt64, UInt64, Bool>) }
        register("equal(double,double)") { $0.binary(equal as Binary<Double, Double, Bool>) }
        register("notEqual(double,double)") { $0.binary(notEqual as Binary<Double, Double, Bool>) }
        register("less(double,double)") { $0.binary(less as Binary<Double, Double, Bool>) }
        register("lessOrEqual(double,double)") { $0.binary(lessOrEqual as Binary<Double, Double, Bool>) }
        register("greater(double,double)") { $0.binary(greater as Binary<Double, Double, Bool>) }
        register("greaterOrEqual(double,double)") { $0.binary(greaterOrEqual as Binary<Double, Double, Bool>) }
        register("equal(float,float)") { $0.binary(equal as Binary<Float, Float, Bool>) }
        register("notEqual(float,float)") { $0.binary(notEqual as Binary<Float, Float, Bool>) }
        register("less(float,float)") { $0.binary(less as Binary<Float, Float, Bool>) }
        register("lessOrEqual(float,float)") { $0.binary(lessOrEqual as Binary<Float, Float, Bool>) }
        register("greater(float,float)") { $0.binary(greater as Binary<Float, Float, Bool>) }
        register("greaterOrEqual(float,float)") { $0.binary(greaterOrEqual as Binary<Float, Float, Bool>) }
        register("equal(decimal,decimal)") { $0.each(equal as Binary<Decimal, Decimal, Bool>) }
        register("notEqual(decimal,decimal)") { $0.each(notEqual as Binary<Decimal, Decimal, Bool>) }
        register("less(decimal,decimal)") { $0.each(less as Binary<Decimal, Decimal, Bool>) }
        register("lessOrEqual(decimal,decimal)") { $0.each(lessOrEqual as Binary<Decimal, Decimal, Bool>) }
        register("greater(decimal,decimal)") { $0.each(greater as Binary<Decimal, Decimal, Bool>) }
        register("greaterOrEqual(decimal,decimal)") { $0.each(greaterOrEqual as Binary<Decimal, Decimal, Bool>) }
        register("equal(interval,interval)") { $0.each(equal as Binary<Interval, Interval, Bool>) }
        register("notEqual(interval,interval)") { $0.each(notEqual as Binary<Interval, Interval, Bool>) }
        register("less(interval,interval)") { $0.each(less as Binary<Interval, Interval, Bool>) }
        register("lessOrEqual(interval,interval)") { $0.each(lessOrEqual as Binary<Interval, Interval, Bool>) }
        register("greater(interval,interval)") { $0.each(greater as Binary<Interval, Interval, Bool>) }
        register("greaterOrEqual(interval,interval)") { $0.each(greaterOrEqual as Binary<Interval, Interval, Bool>) }
        register("equal(string,string)") { $0.each(equal as Binary<StringView, StringView, Bool>) }
        register("notEqual(string,string)") { $0.each(notEqual as Binary<StringView, StringView, Bool>) }
        register("less(string,string)") { $0.each(less as Binary<StringView, StringView, Bool>) }
        register("lessOrEqual(string,string)") { $0.each(lessOrEqual as Binary<StringView, StringView, Bool>) }
        register("greater(string,string)") { $0.each(greater as Binary<StringView, StringView, Bool>) }
        register("greaterOrEqual(string,string)") { $0.each(greaterOrEqual as Binary<StringView, StringView, Bool>) }
        register("equal(uuid,uuid)") { $0.binary(equal as Binary<UUIDBytes, UUIDBytes, Bool>) }
        register("notEqual(uuid,uuid)") { $0.binary(notEqual as Binary<UUIDBytes, UUIDBytes, Bool>) }
        register("less(uuid,uuid)") { $0.binary(less as Binary<UUIDBytes, UUIDBytes, Bool>) }
        register("lessOrEqual(uuid,uuid)") { $0.binary(lessOrEqual as Binary<UUIDBytes, UUIDBytes, Bool>) }
        register("greater(uuid,uuid)") { $0.binary(greater as Binary<UUIDBytes, UUIDBytes, Bool>) }
        register("greaterOrEqual(uuid,uuid)") { $0.binary(greaterOrEqual as Binary<UUIDBytes, UUIDBytes, Bool>) }
        register("equal(bool,bool)") { $0.binary(equal as Binary<Bool, Bool, Bool>) }
        register("notEqual(bool,bool)") { $0.binary(notEqual as Binary<Bool, Bool, Bool>) }
        register("less(bool,bool)") { $0.binary(less as Binary<Bool, Bool, Bool>) }
        register("lessOrEqual(bool,bool)") { $0.binary(lessOrEqual as Binary<Bool, Bool, Bool>) }
        register("greater(bool,bool)") { $0.binary(greater as Binary<Bool, Bool, Bool>) }
        register("greaterOrEqual(bool,bool)") { $0.binary(greaterOrEqual as Binary<Bool, Bool, Bool>) }
        register("not(bool)") { $0.unary(not as Unary<Bool, Bool>) }
        register("greatest(int16,int16)") { $0.binary(greatest as Binary<Int16, Int16, Int16>) }
        register("greatest(int32,int32)") { $0.binary(greatest as Binary<Int32, Int32, Int32>) }
        register("greatest(int64,int64)") { $0.binary(greatest as Binary<Int64, Int64, Int64>) }
        register("greatest(uint64,uint64)") { $0.binary(greatest as Binary<UInt64, UInt64, UInt64>) }
        register("greatest(double,double)") { $0.binary(greatest as Binary<Double, Double, Double>) }
        register("greatest(float,float)") { $0.binary(greatest as Binary<Float, Float, Float>) }
        register("greatest(decimal,decimal)") { $0.each(greatest as Binary<Decimal, Decimal, Decimal>) }
        register("greatest(interval,interval)") { $0.each(greatest as Binary<Interval, Interval, Interval>) }
        register("greatest(string,string)") { $0.each(greatest as Binary<StringView, StringView, StringView>) }
        register("greatest(bool,bool)") { $0.binary(greatest as Binary<Bool, Bool, Bool>) }
        register("greatest(uuid,uuid)") { $0.binary(greatest as Binary<UUIDBytes, UUIDBytes, UUIDBytes>) }
        register("least(int16,int16)") { $0.binary(least as Binary<Int16, Int16, Int16>) }
        register("least(int32,int32)") { $0.binary(least as Binary<Int32, Int32, Int32>) }
        register("least(int64,int64)") { $0.binary(least as Binary<Int64, Int64, Int64>) }
        register("least(uint64,uint64)") { $0.binary(least as Binary<UInt64, UInt64, UInt64>) }
        register("least(double,double)") { $0.binary(least as Binary<Double, Double, Double>) }
        register("least(float,float)") { $0.binary(least as Binary<Float, Float, Float>) }
        register("least(decimal,decimal)") { $0.each(least as Binary<Decimal, Decimal, Decimal>) }
        register("least(interval,interval)") { $0.each(least as Binary<Interval, Interval, Interval>) }
        register("least(string,string)") { $0.each(least as Binary<StringView, StringView, StringView>) }
        register("least(bool,bool)") { $0.binary(least as Binary<Bool, Bool, Bool>) }
        register("least(uuid,uuid)") { $0.binary(least as Binary<UUIDBytes, UUIDBytes, UUIDBytes>) }
    }
}
