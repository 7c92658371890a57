// What is held back while a batch is processed goes on, and what recursive queries have found goes back into them.

private func completeBatch() {
    var goesOn = true
    while goesOn {
        goesOn = false
        //> rounds
    }
}
