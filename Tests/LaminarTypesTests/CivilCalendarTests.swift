import LaminarTypes
import Testing

@Suite struct CivilCalendarTests {
    @Test func `every day of 400 years around zero and now follows the one before`() {
        for start in [-800_000, -10_000] {
            var previous = CivilCalendar.date(days: start)
            for days in (start + 1)...(start + 146_097) {
                let date = CivilCalendar.date(days: days)
                #expect(CivilCalendar.days(year: date.year, month: date.month, day: date.day) == days)
                let isNextDay = date.month == previous.month && date.day == previous.day + 1 && date.year == previous.year
                let isNextMonth =
                    date.day == 1 && previous.day == CivilCalendar.dayCount(year: previous.year, month: previous.month)
                #expect(isNextDay || isNextMonth)
                previous = date
            }
        }
    }
}
