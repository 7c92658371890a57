// A rejected row as the struct of its source.

if rejection.source == __source__, let row = rejection.row, let pushed {
    __callback__?(__Row__.Rejected(rejection, pushed, row))
}
