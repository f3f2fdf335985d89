documents-title = Incoming documents
documents-new = Register and dispatch a document
documents-new-help = Each unit then has two tasks: acknowledge it, and say what became of it. Classified documents are not entered.
documents-name = Title of the document
documents-what-all = What is to be done, where it is the same for all
documents-what-all-help = Holds for every unit below that has nothing of its own.
documents-due-all = Due, where it is the same for all
documents-dispatched = { $n ->
    [one] { $number } was dispatched to one unit
   *[other] { $number } was dispatched to { $n } units
}
documents-own = Waiting for your unit
documents-own-none = No document waits for your unit
documents-own-how = Documents dispatched to your unit stand here until they are acknowledged and answered.
documents-from = From: { $sender }
documents-came = received { $at }
documents-acknowledge = Acknowledge
documents-acknowledged = Acknowledged
documents-outcome = What became of it
documents-report = Send the outcome
documents-reported = The outcome was sent
documents-say-outcome = Say what became of it
documents-all = Documents
documents-which = Which documents
documents-show-open = Open
documents-show-late = Late
documents-show-all = All
documents-none = No such document
documents-none-how = Documents stand here by the time they came, and close when every unit has acknowledged and answered.
documents-closed = Closed
documents-late = Late
documents-open = Open
documents-missing = { $n ->
    [one] Not acknowledged by one unit:
   *[other] Not acknowledged by { $n } units:
}
documents-receipt-done = Acknowledged
documents-receipt-open = Not acknowledged
documents-receipt-unknown = Receipt unknown
documents-outcome-done = Answered
documents-outcome-open = Not answered
documents-outcome-unknown = Outcome unknown
documents-was-late = (late)
documents-area = Area
documents-area-help = Whom it is for: your own area, or one inside it.
documents-area-outside = This area is not one of yours. Choose your own or one inside it
