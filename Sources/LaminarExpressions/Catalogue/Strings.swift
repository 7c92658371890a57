import LaminarTypes

extension FunctionCatalogue {
    mutating func addStrings() {
        let family = FamilyBuilder(.strings)
        add(family)
    }
}
