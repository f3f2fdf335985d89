# Rosters as a calendar.
roster-title = Calendar: {$register}
roster-open = Calendar
roster-list = As a list
roster-moves = Other days
roster-before = Earlier
roster-today = Today
roster-after = Later
roster-week = By week
roster-month = By month
roster-partial = More than 2,000 sites were to be asked; choose a smaller area.
roster-none-how = In these days nobody has to stand in the area asked about, and nobody does.
roster-lacks = { $hours }: { $have } of { $wanted }
roster-fill = Fill
roster-fill-of = Fill { $hours }
roster-day-gaps = { $day }: { $n ->
    [one] { $n } gap
   *[other] { $n } gaps
}
roster-day-held = { $day }: held
roster-day-1 = Mon
roster-day-2 = Tue
roster-day-3 = Wed
roster-day-4 = Thu
roster-day-5 = Fri
roster-day-6 = Sat
roster-day-7 = Sun
