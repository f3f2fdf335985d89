# Words of the pages. Both languages have the same keys (a test demands it).

## Frame
product = Lianfang
product-of = {$city} Lianfang
title-error = Error:{" "}
skip = Skip to the content
language = Language
nav = Main
nav-today = Today
nav-registers = Registers
nav-files = Files
nav-situation = Situation
nav-briefings = Briefings
nav-settings = Settings
nav-open = open
search = Search
search-label = Find a person, organisation or vehicle
search-hint = Name, pinyin, last four digits, plate
now = now
as-of-label = As of
as-of-pick = Look at a past moment
as-of-help = The page shows what had been recorded by then. It can be read, not written.
as-of-go = Look
act-as = Act in another post
sign-out = Sign out
banner-demo = Demonstration.
banner-demo-more = People and figures are invented. Do not enter real information.
banner-clock = Test clock:
banner-as-of = You are looking at {$at}.
banner-as-of-more = This page can be read, not written.
back-to-now = Back to now
banner-offline = You are offline. What you type stays on this device; send it when the network is back.
footer-privacy = What you enter is used for outbreak control only, kept for the period laid down and then destroyed. You can see it, correct it and object.
as-of = as of {$at}
staff-entrance = Staff sign-in
back = Back
keys-note = press ? for keyboard shortcuts
js-draft = What you had typed before was restored.
js-undo = seconds to undo
js-chosen = Chosen:
js-keys = j next · k previous · Enter open · x choose · / search · ? show or hide this
js-failed = It was not sent. Try again in a moment; what you typed is still here.
js-filter = Type to narrow the list
n-people = { $n ->
    [one] {$n} person
   *[other] {$n} people
}
n-rows = { $n ->
    [one] {$n} entry
   *[other] {$n} entries
}
n-tasks = { $n ->
    [one] {$n} task
   *[other] {$n} tasks
}
yes = Yes
no = No

## States
state-partial = {$k} of {$n} reported
state-unknown = unknown
state-not-due = not due yet
state-suppressed = too few to show
change-none = same as yesterday
change-up = {$n} more than yesterday
change-down = {$n} fewer than yesterday
entry-flagged = to be checked
entry-corrected = corrected
entry-withdrawn = withdrawn
entry-tray = set aside
assurance-self = self-stated
assurance-seen = document seen
assurance-verified = verified

## Forms
optional = (optional)
error-word = Error:{" "}
problems-title = { $n ->
    [one] One thing to mend
   *[other] {$n} things to mend
}
document-kind = Kind of document
document-number = Document number
how-many = How many
unit = Unit
unit-minutes = minutes
unit-hours = hours
unit-days = days
row-number = Row {$n}
row-remove = Remove row {$n}
row-add = Add a row
rows-full = No more rows can be added.
region-so-far = Chosen so far
region-change = Change {$name}
region-finest = This is the smallest unit.
region-province = Province
region-below = Next level
region-next = Choose and go on

## Errors
error-do = What to do:
error-ask = Ask
error-code = Code
error-number = Number
error-onward = Go to the start
error-400 = This could not be done
error-400-why = What arrived is incomplete or does not fit.
error-400-do = Go back, check and send again.
error-401 = Please sign in
error-401-why = This page needs a signed-in user, or your session has ended.
error-401-do = After signing in you return here; nothing you typed is lost.
error-403 = Your post does not cover this
error-403-why = Rights are given by post, area and register.
error-403-do = If your work needs it, ask your organisation's administrator.
error-404 = This page was not found
error-404-why = The address may be wrong, or the content was destroyed at the end of its retention.
error-404-do = Start again from the first page.
error-409 = This does not agree with what is recorded
error-409-why = Another content stands under the same number, or a condition is not met.
error-409-do = Reload, compare and try again.
error-413 = Too large
error-413-why = What was sent exceeds the limit for one request.
error-413-do = Make the picture smaller or send it in parts.
error-429 = Too many requests
error-429-why = Too many requests came in a short time.
error-429-do = Try again in a minute; what you typed is still here.
error-503 = The service is busy
error-503-why = Many people are using it; recording and passes come first.
error-503-do = Try again in a minute. A pass you already hold works without the network.
error-500 = Something failed on our side
error-500-why = It was not your doing, and it has been recorded.
error-500-do = Try again later. If it fails again, give the number below to support.

## Charts
chart-table = Show the numbers
chart-partial = not yet complete
chart-unknown = unknown (not zero)
chart-day = Day
