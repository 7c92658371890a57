// Recursive queries: what they have found goes back into them until nothing new comes.

private func recur() {
    var goesOn = true
    while goesOn {
        goesOn = false
        //> rounds
    }
}
