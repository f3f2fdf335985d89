list-one-of = { $what }: one
list-all = All
list-org = Entered by
list-received = Received
list-saved = Saved lists
list-save = Save this list
list-forget = Forget this list
list-columns = Columns ({ $n })
list-columns-name = Which columns are shown
list-columns-how = Kept with your account, on whichever device; with none chosen the usual ones come back.
list-columns-show = Show these
list-choose = Choose
list-choose-all = Choose all of this page
bulk-which = In those chosen, correct
bulk-begin = Correct those chosen…
bulk-title = { $title }: correct “{ $field }” in many
bulk-back = Back to the list
bulk-left-out = { $n ->
    [one] One more was left out: it holds sealed values, or was corrected or withdrawn. Correct it by itself.
   *[other] { $n } more were left out: they hold sealed values, or were corrected or withdrawn. Correct them one by one.
}
bulk-done = { $n ->
    [one] One entry was corrected; what it said before can still be read.
   *[other] { $n } entries were corrected; what they said before can still be read.
}
bulk-undo = Take this change back
bulk-taken-back = { $n ->
    [one] Taken back: one entry says again what it said.
   *[other] Taken back: { $n } entries say again what they said.
}
bulk-none = Nothing is chosen that can be corrected together
bulk-none-how = Go back to the list and tick the entries to correct.
bulk-refused = Some cannot be corrected, so nothing was written; the table says why.
bulk-reason = Why they are corrected
bulk-change = { $n ->
    [one] Correct one entry
   *[other] Correct { $n } entries
}
bulk-look = Look first
bulk-before = Now
bulk-after = Becomes

file-household = Household
file-household-nobody = Nobody on the roll
file-household-here = this file
file-team-missing = { $n } of { $all } roles not held
file-team-nobody = nobody
file-team-name = Name somebody
