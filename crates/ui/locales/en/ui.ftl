# Words of the pages. Both languages have the same keys (a test demands it).

## Frame
product = Lianfang
product-of = {$city} Lianfang
title-error = Error:{" "}
skip = Skip to the content
language = Language
nav = Main
notices = Notices
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
n-people = { $n ->
    [one] {$n} person
   *[other] {$n} people
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
approx-about = about {$n}
approx-over = over {$n}
approx-nearly = nearly {$n}
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
chart-cut = { " " }(up to { $n }, cut in the picture)
chart-partial = not yet complete
chart-unknown = unknown (not zero)
chart-day = Day

## Public first page
home-short = Home
home-title = Outbreak services of {$city}
home-declare = Declare an arrival
home-declare-more = Coming or coming back, for yourself or family, about three minutes
home-pass = Today's pass
home-pass-more = Show it at the checkpoint
home-me = My page
home-me-more = Declarations, daily temperature, who read my data
home-recover = Recover my page
home-recover-more = With the paper code, or help from the community
home-verify = Check a pass
home-verify-more = For shops and employers
home-in-force = In force here now
home-nothing = No measures are in force
home-nothing-how = When the command office issues a notice it stands here, with its clause and its end.
home-situation = The situation
home-situation-note = Open a figure for its definition and source. What was not reported is unknown, not zero.
home-help = If you need help
home-help-text = Without a phone, ask the community to declare for you.
home-help-call = Or call { $line }.
from-until = from {$from} until {$until}
from-on = from {$from} until further notice
continue = Continue
remove = Remove
change = Change
print = Print

## Declaration
declare-step = Question {$k} of {$n}
declare-who = Who are you?
declare-name = Name
declare-name-help = As on the document.
declare-document = Identity document
declare-document-help = It is compared with your document at the checkpoint.
declare-phone = Phone number
declare-phone-help = The community calls it to check. Outside China, start with the country code.
declare-for-other = I am declaring for somebody else (a parent, a child, a guest)
declare-stays = Where were you in the last 14 days?
declare-stays-help = Every county or district where you stayed from {$since} to {$until}. One day may have two places.
declare-stays-given = Places given so far
declare-stay-remove = Remove {$region}
declare-stay-first = Add a place
declare-stay-more = Add another place
declare-stay-region = Place
declare-stay-from = First day
declare-stay-until = Last day
declare-stay-add = Add this place
declare-journey = How will you reach {$city}?
declare-arrives-at = Arrival
declare-arrives-at-help = An estimate will do; you can change it later.
declare-transport = Transport
declare-vehicle = Train, flight or plate
declare-vehicle-help = For example D7711, CZ6541
declare-itinerary = Changes on the way
declare-itinerary-help = For example: two hours at Changchun station.
declare-destination = Where in {$city} will you stay?
declare-region = Street or town, then community or village
declare-region-help = Choose step by step; no typing.
declare-address = House and room
declare-address-help = Estate, building, room
declare-unit = Do you stay or work with somebody?
declare-unit-kind = What is it?
declare-unit-name = Its name
declare-unit-name-help = Suggestions appear as you type; you may enter a name that is not there.
unit-kind-hotel = A hotel
unit-kind-employer = An employer
unit-kind-school = A school
unit-kind-host = Family or friends
unit-kind-none = None of these
declare-summary = Check before you send
declare-purpose = What these facts are for
declare-purpose-text = Only for checking on arrivals and caring for them, by your community and the CDC; destroyed after {$retention}. Every reading is recorded; you can see it and object.
declare-truthful = What I entered is true
declare-send = Send the declaration
declare-late = Less than three days ahead
declare-late-text = The notice asks for three days. Your declaration is accepted all the same; the community will call soon, so keep your phone on.
declare-done = Your declaration was received
declare-done-number = Number
declare-done-at = Received
declare-next = What comes next
declare-next-none = Nothing is asked of you now. If that changes, it stands on your page.
declare-contact = Ask:
recovery = Recovery code, shown only once
recovery-text = Write it down or print it. After a change of phone or browser it brings back your page. Tell nobody.
recovery-code = Recovery code
recovery-code-help = The 16 letters and digits shown after your first declaration; hyphens may be left out.
recovery-open = Open my page
recovery-without = Without a code
recovery-without-text = Take your document to your community, which gives you a new code after checking it.

## Sign-in
sign-in = Sign in
login = Login
password = Password
totp = Code from your authenticator
totp-help = Six digits
sign-in-help = Forgot the password? Ask your administrator. Residents need no account: go back to the first page.
sign-in-demo = Demonstration logins
sign-in-demo-more = Roles that the demonstration tells nothing of yet
role = Role

## What holds
hold-none = Nothing is in force here.
hold-until = Since {$since}, released on {$until} at the earliest
hold-condition = Released when: {$condition}
hold-appeal = To object: {$appeal}

## Own page
me-holds = What holds for me now
me-tasks = Due today
me-tasks-none = Nothing is due from you today.
me-own = What I declared and reported
me-own-none = Nothing declared yet
me-own-how = Declarations stand here and can be corrected at any time.
me-certificates = Certificates and results
me-reads = Who read my data
me-reads-none = Nobody has read it yet.
me-checks = Checks of my pass
me-checks-none = No check in the last 14 days.
me-checks-how = Only you see them: nobody on duty can look up where you were. They are gone after 14 days.
me-object = Object
me-object-text = What do you object to, and why?
me-object-help = The street office answers within 24 hours, on this page.
me-object-send = Send the objection
me-forget = Leave my page on this device
correct = Correct

## Tasks
task-by = by {$at}
task-about = {$who}: {$act}
task-fill = Fill in
task-more = More
task-pass-on = Pass on
task-others = Another post of this organisation fills it in
task-done = done
send = Send
undo = Take back
today-open = open
today-done = {$n} done today
today-proposals = Arrivals wait for a decision: look at what the rule proposes and sign
today-classes = Morning checks due
today-class = Morning check, {$class}
today-calls = To call
today-calls-why = not done in their slot
today-receipts = To acknowledge
today-receive = Acknowledge
today-none = Everything of today is done
today-none-how = New tasks appear here as their slots open, and so do arrivals and reports to acknowledge.
today-arrivals = Expected today
arrival-at = Expected
arrival-from = From
arrival-to = To
arrival-due = expected
arrival-late = not reported in time
arrival-done = reported
who = Who
state = State
clause = Clause
choose = Choose

## Proposals
proposals = Orders to sign
proposals-count = {$n} in all, {$plain} of them plain
proposals-none = Nothing waits for a signature
proposals-none-how = Rules propose from declarations and checks; nothing holds before a person signs.
proposals-explained = A rule only proposes; an order holds once you sign it. It cannot be harder than proposed, and a milder one needs a reason.
proposals-choose = Choose all {$n} plain ones
proposals-sign = Sign the chosen orders
proposals-return = Return the chosen
proposal-choose = Choose {$who}, {$measure}
proposal-measure = Measure
proposal-because = Facts
reason = Reason
reason-help = It stays on record; whoever is concerned can read it.
not-asked-then = not asked then
not-now = Not now

## Registers
registers-none = No register is open to you
registers-none-how = Registers appear when a pack is active and your post has rights.
register-new = New entry
register-new-of = New entry: {$title}
register-today = {$n} today
list-none = No entries yet
list-none-how = Entries appear here at once, newest first.
list-no-match = Nothing matches
list-no-match-how = Remove a condition and look again.
list-total = {$n} entries
list-about = { $n } on this page, and more
filter = Filter
filter-without = Remove the condition: {$words}
at = Time
subject = Subject
kind = Kind
region = Region
pages = Pages
page-previous = Previous
page-next = Next
download = Download
form-correct = Correct: {$title}
form-end = End: {$title}
form-send-correction = Send the correction
form-send-end = Send the end
form-confirmed = I have checked and send it all the same
form-draft = kept on this device until sent
attachments = Attached files
attachment-kept = A file is attached
attachment-drop = Take it off
attachment-size = { $title } ({ $kb } KB)
attachment-gone = { $title }: past its retention, destroyed
attachment-help = A JPEG or PNG picture or a PDF, 10 MB at most. Where a picture was taken is removed.
attached-file = attached file
withdraw = Withdraw
result-accepted = Recorded
result-flagged = Recorded, to be checked
result-refused = Not taken
result-tray = Received and set aside
result-tasks = Tasks that follow
result-history = History
result-changes = Against the version before
result-another = Another entry
recorded-by = Recorded by
recorded-at = Recorded

## Files
files-purpose = Purpose of the search
files-purpose-help = Asked once an hour and kept with the search; the person can see it.
files-start = Find somebody or something
files-start-how = Type a name, pinyin, the last four digits or a plate above; you see what your area and post allow.
files-none = Nothing found
files-none-how = Try another spelling or the last four digits; what is outside your area does not show.
files-found = { $n ->
    [one] One result for “{$q}”
   *[other] {$n} results for “{$q}”
}
files-more = There are more; add to the search.
files-holds = In force
file-who = Who
file-holds = What holds now
file-next = What is next
file-next-none = Nothing is expected.
file-timeline = Timeline
file-kinds = Filter by kind
file-empty = Nothing recorded yet
file-empty-how = Every entry linked to this subject appears here by time.
file-older = Older
entry-sealed = Sealed
unmask = Show in clear
unmask-reason = Reason
unmask-help = Reason, time and your post are recorded and shown to the person.
unmask-until = Shown in clear until {$at}
bind-make = Make a code for their phone
bind-code = Code for the person's own phone, shown once and good for 14 days. Hand it to nobody else:
bind-code-how = The person opens {$where} on their phone and types it.
unmaskings = Unmaskings
unmaskings-none = Nobody has looked at it in clear.

## Class sheet
sheet-title = Morning check
sheet-open = {$open} of {$all} still to send
sheet-sent = sent {$at}
sheet-none = No class owes a sheet today
sheet-none-how = It is no school day, or the rolls of the classes are not entered yet.
sheet-help = The roll is filled in: change only what is different, tick the classes that were checked, and send. Who has symptoms is named in the full form only.
sheet-choose = Tick all {$n}
sheet-send = Send the morning check
sheet-checked = Checked
sheet-class = Class
sheet-roll = Roll
sheet-absent = Absent
sheet-full = full form
sheet-number = No.
symptom-fever = Fever
symptom-cough = Cough
symptom-sore-throat = Sore throat

## Situation
situation-of = Situation of {$region}
situation-wall = Wall screen
situation-none = No figures yet
situation-none-how = Figures appear once a pack is active and entries arrive.
situation-curves = By day
situation-past = Earlier times
situation-source = from {$source}
situation-published = For comparison: published counts of the real city
situation-published-note = These are the published counts of the real city in 2020 (compiled by the project Wuhan-2019-nCoV, MIT licence, by day of report). All other figures here are invented; the two are never added up.
situation-late = Past their time
situation-late-none = nothing is late
situation-regions = Regions
late-what = What
late-count = Count
late-since = Oldest due
wall-changes = Since yesterday
figure-definition = Definition
figure-missing = See who has not reported
figure-counts = Counts
figure-numerator = Numerator
figure-denominator = Denominator
figure-expression = Expression
figure-source = Source
figure-parts = By {$by}
figure-rows = { $n ->
    [one] See the entry
   *[other] See the {$n} entries
}

## Protocols
protocols = Protocols
protocols-none = No protocol is in force
protocols-none-how = Once a pack is active, each protocol stands here like the notice it came from.
protocol-restricts = restricts
protocol-enrolled = {$n} people now
protocol-version = version {$n}
protocol-versions = Other versions
protocol-who = To whom it applies
protocol-signed = It holds once a named person has signed it, and may be objected to.
protocol-how-long = How long
protocol-asked = What is asked of whom
protocol-release = When it ends
protocol-escalate = When something is missed or found
protocol-preview = What it means today
protocol-people = people under it
protocol-load = Tasks a day
protocol-released = To be released

## Settings
admin-users = Accounts
admin-roles = Roles
admin-orgs = Organisations
admin-packs = Packs
admin-audit = Audit
admin-retention = Retention
admin-health = Health
name = Name
acts = Acts
open = Open
register = Register
entries = Entries
users-bulk = Add many
user-add = Add an account
user-add-help = The first password is shown once. Grant the least the work needs.
user-login-help = 2 to 64 letters, digits or - _ . @
user-create = Create the account
user-roles = Roles
user-locked = locked
user-no-totp = no second factor
user-until = until {$on}
user-lock = Lock {$login}
user-unlock = Unlock {$login}
user-reset = Reset the password of {$login}
user-reset-done = Temporary password of {$login}, shown only once:
user-person = Person (id of the file)
user-person-help = Only where the role goes with a post: the account has its rights while this person holds the post.
user-org-help = Without one, the account of an administrator or auditor stands for the whole city.
user-expires = Last day
user-expires-help = The account stops by itself and can be extended.
users-search = Login
users-count = { $n ->
    [one] {$n} account
   *[other] {$n} accounts
}
users-none = No such account
users-none-how = Search for something else, or add an account.
level-figures = Figures only
level-pseudonymous = Pseudonymous
level-identified = Identified
bulk-lines = The list
bulk-lines-help = One a line: login, role, organisation, last day (2027-03-31; may be empty). Separate with commas, or paste from a spreadsheet.
bulk-check = Check the list
bulk-create = { $n ->
    [one] Create {$n} account
   *[other] Create {$n} accounts
}
bulk-checked = {$n} lines, {$bad} to mend
bulk-created = The accounts exist. The temporary passwords are shown only once: print and hand them out.
bulk-good = good
bulk-password = Temporary password
roles-help = Roles come from packs and are granted under Accounts.
roles-none = No roles yet
roles-none-how = They come with an active pack.
role-writes = Writes
role-reads = Reads
role-scope = Scope
role-holders = Holders
orgs-search = Name or code
orgs-none = No organisations
orgs-none-how = Import the roll with lianfang org import, or search for something else.
orgs-vacant = Functions nobody holds
orgs-vacant-why = Their tasks fall to the next level up until somebody is named.
org-sector = Sector
org-functions = Functions
org-accounts = Accounts
packs-help = One person prepares, another approves; old entries keep their version.
packs-none = No packs
packs-none-how = Put packs into the packs folder and they appear here.
pack-active = active since {$since}
pack-by = prepared by {$author}, approved by {$approver}
pack-waiting = prepared by {$author}, waits for another person
pack-other-person = Another person with the right must approve.
pack-approve = Approve “{$title}”
pack-refuse = Return “{$title}”
pack-prepare = Prepare “{$title}” for activation
pack-inactive = not active
pack-faulty = does not pass its check
audit-who = By
audit-on = On
audit-none = Nothing matches
audit-none-how = Widen the time or the conditions.
audit-holds = chain verified {$at}
audit-broken = chain broken at {$at}: call the security administrator
audit-unverified = not yet verified
retention-help = Past its retention the key of the personal data is destroyed; figures stay. It cannot be undone and takes two persons.
retention-due = Due for destruction
retention-run = { $n ->
    [one] Destroy the entry past its retention
   *[other] Destroy {$n} entries past their retention
}
retention-none = Nothing is due
retention-none-how = It is checked daily; what is past its retention stands here.
retention-period = Retention
retention-people = Subjects
retention-runs = Past runs
retention-no-runs = Nothing has been destroyed yet.
retention-backups = Backup keys expire
retention-certificate = Certificate
health-well = well
health-broken = broken
health-soon = needs attention
health-none = Nothing checked yet
health-none-how = Checks begin a minute after the start.
health-part = Part
health-found = Found
health-do = What to do

## Tray
tray = The tray
tray-waits = { $n ->
    [one] One observation fits no register as it was sent and waits
   *[other] {$n} observations fit no register as they were sent and wait
}
tray-help = Systems and devices sent these. Nothing is lost: enter what can be mended, then settle the line with a reason.
tray-none = The tray is empty
tray-none-how = Observations that do not fit their register appear here until a person has dealt with them.
tray-received = Received
tray-wrong = What does not fit
tray-sent = What was sent
tray-enter = Mend and enter
tray-settle = Settle
tray-reason = What was done with it
list-comma = {", "}
sign-signer = Signed
sign-giver = Handed over by
sign-taker = Received by
sign-on = on
