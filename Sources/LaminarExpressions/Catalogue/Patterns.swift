import LaminarTypes

extension FunctionCatalogue {
    mutating func addPatterns() {
        let family = FamilyBuilder(.patterns)
        add(family)
    }
}
