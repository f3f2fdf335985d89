interview = Name the people you met
interview-why = A tracer asks you to name the people you met around the time you fell ill, so that they can be told early. You need no account.
interview-one-phone = It works on the first phone that opens it, for one answer. Do not pass it on.
interview-not-back = Once sent, nobody can see on this phone what you wrote.
interview-checked = A tracer checks each name before anybody is listed as a contact.
interview-begin = Begin
interview-by-code = Use a code instead
interview-code = Code
interview-code-help = The 8 letters and digits that the tracer told you
interview-ask = Write down whom you met or stayed with since two days before you fell ill. Leave out a telephone number you do not know.
interview-until = open until
interview-send = Send to the CDC
interview-done = Received
interview-done-text = { $n ->
    [one] One person named.
   *[other] {$n} people named.
}
interview-done-next = You may close this page. If you remember others, call the tracer who gave you the link.
interview-links = Ask them to name contacts
interview-links-text = By a link or code the person names contacts on their own phone: one phone, one answer. Nobody named is a contact before you have checked it.
interview-make = Make a link and a code
interview-show = Let them scan it, or tell them the code
interview-show-text = Shown once, good until {$at}. Give it to nobody else.
interview-picture = Picture of the link
interview-tell = Who cannot scan opens {$where} on a phone and types the code:
interview-by-message = Send it to the person
interview-withdraw = Take the link back
interview-before = Links made
interview-none = No links yet
interview-none-how = Once made, it is seen here whether one was opened and answered.
interview-waits = not opened
interview-opened = opened, not sent
interview-used = sent
interview-over = run out
interview-withdrawn = taken back
interview-was-sent = Given to the channel; it goes out at once.
interview-was-withdrawn = The link was taken back and is no longer good.
