import LaminarTypes

extension FunctionCatalogue {
    mutating func addDateTimeArithmetic() {
        let family = FamilyBuilder(.dateTime)
        add(family)
    }
}
