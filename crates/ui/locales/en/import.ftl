# Sheets into registers, lists compared.
register-import = Import a sheet
import-title = Import a sheet: {$register}
import-how = Fill in the empty sheet; the first row holds the titles, in any order, and columns may be missing. XLSX and CSV are read. Rows that were not written can be downloaded, corrected and sent again; what is in is never written twice.
import-template = Download the empty sheet
import-columns = Titles of columns
import-file = Sheet
import-file-help = XLSX or CSV; laboratories also HL7 (ORU^R01) or FHIR (JSON). 64 MB at most
import-file-missing = Choose the sheet.
import-try = Try it, write nothing
import-send = Import
import-tried = Tried: nothing was written
import-done = Imported
import-done-partly = Imported; some rows were not written
import-rows = Rows
import-accepted = Written
import-flagged = Of these, flagged
import-tray = For a person to settle
import-refused = Rows not written
import-unused = Columns not used: {$columns}
import-errors = Download the rows not written
import-line = Row
import-column = Column
import-what = Why
import-alike = { $n ->
    [one] {$n} row may be of somebody whose file is there
   *[other] {$n} rows may be of people whose files are there
}
import-alike-how = Say for each whether it is the same person, then choose the sheet again below and import it. Rows of which you say nothing are imported as new people. This look-up is on record and the people can see it.
import-alike-row = Row {$n}
import-alike-same = The same person; write into that file
import-alike-other = Somebody else; make a new file
import-alike-left = Nothing was said of these rows, so they have files of their own now. A file steward can join them.
match-how = The list is used for this comparison and not kept. What matches goes to whoever answers for the person and is readable to nobody after its end.
match-send = Compare
match-done = Compared
match-compared = Persons compared
match-matched = Matched
