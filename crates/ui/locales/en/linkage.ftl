# Files that may be of one person.
likely-title = This may be the same person
likely-help = There are files like this one. Please compare and choose; nothing is merged by itself. This look-up is on record and the person can see it.
likely-use = It is this person; use the file of
likely-other = It is somebody else; make a new file
likely-household = Rather somebody who lives with them than the same person.
likely-agree = Agrees:{" "}
likely-differ = Differs:{" "}
duplicates = Possible duplicates
duplicates-count = { $n ->
    [one] {$n} pair waits
   *[other] {$n} pairs wait
}
duplicates-none = No pair waits for a decision
duplicates-none-how = After a search, two files that may be of one person stand here, pair by pair, for you to decide. Nothing is merged by itself.
duplicates-undo = Look at it, or take it back
duplicates-search = Look for duplicates
duplicates-search-help = Compares the people of your area with each other; each new pair is proposed once.
duplicates-pair = The two files side by side
duplicates-weight = Match weight {$w} bits: each one more makes one person about twice as likely.
duplicates-why = Field by field
duplicates-second = Two people must agree here: once you have said so, somebody else signs the merge.
duplicates-said = You have said that they are one person; somebody else has to sign the merge.
duplicates-same = One person: merge the files
duplicates-same-first = Say that it is one person
duplicates-apart = Two people
duplicates-later = Later
duplicates-keys = Keys: 1 one person, 2 two people, 3 later.
duplicates-field = Field
duplicates-level = How they look
duplicates-bits = Bits
duplicates-for = for one person
duplicates-against = against
duplicates-from = File that joins
duplicates-into = File that is kept
duplicates-name = Name
duplicates-document = Document
duplicates-phone = Telephone
duplicates-region = Where
duplicates-since = File since
duplicates-entries = Entries
duplicates-enrolled = Enrolled in
