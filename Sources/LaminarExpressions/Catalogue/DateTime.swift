import LaminarTypes

extension FunctionCatalogue {
    mutating func addDateTime() {
        let family = FamilyBuilder(.dateTime)
        add(family)
    }
}
