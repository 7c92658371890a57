import LaminarTypes

extension FunctionCatalogue {
    mutating func addMathematics() {
        let family = FamilyBuilder(.mathematics)
        add(family)
    }
}
