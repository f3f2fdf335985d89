## How one wants to be told
messages-choose = Messages
messages-choose-own = At most one message a day, and only when something waits for you. It holds a number and a link, nothing about your health.
messages-choose-staff = At most one message a day with what waits for your organisation: a number and a link.
messages-urgent-bound = When something is escalated to your organisation you are told at once, {$n} times a day at most.
messages-quiet = Nothing is sent from {$from} to {$to}.
messages-channel = How
messages-none = No messages
messages-hour = At what time
messages-lang = Language
messages-address = Telephone, e-mail or user id
messages-address-phone = Empty: the number on file, {$phone}
messages-address-help = What the channel needs: a telephone, an e-mail address, or a user id of the group. In a group, empty names nobody.
messages-keep = Keep this choice
messages-kept = Kept
messages-no-channel = No channel is set up yet
messages-no-channel-how = City IT sets up text messages, e-mail or group chats in the server's file of channels.

## Whom nothing reached
unreached = Not reached
today-unreached = People whom no message or call has reached
unreached-help = Messages that could not be delivered and calls that nobody answered, of the last seven days. Ask for needs first.
unreached-none = Everybody was reached
unreached-none-how = Who could not be told by message, or did not answer a call, appears here until somebody reached them.
unreached-who = Who
unreached-why = Why
unreached-since = Since
unreached-called = Called
unreached-reached = Reached
unreached-not_reached = Not reached
unreached-saved = The call was entered
unreached-replies = { $n ->
    [one] One answer by text message waits to be read
   *[other] {$n} answers by text message wait to be read
}
unreached-calls = { $n ->
    [one] One call in vain
   *[other] {$n} calls in vain
}
unreached-message = {$channel}: {$problem}
unreached-no_address = no number on file
unreached-bad_address = the number on file does not fit
unreached-broke_off = broken off, unknown whether it arrived
unreached-certificate = the mail server did not prove that it is the right one; the administrator must mend it
unreached-given_up = tried several times in vain
unreached-refused = not accepted for this number

## What a message says
message-subject = Lianfang: something waits for you
message-open-own = Lianfang: { $n ->
    [one] one thing
   *[other] {$n} things
} to enter today
message-open-staff = Lianfang: { $n ->
    [one] one task
   *[other] {$n} tasks
} today
message-late = , {$n} missed
message-urgent = Lianfang: something was escalated to your organisation
message-alarm = Lianfang: your organisation must act on something urgent now
message-interview = Lianfang: a tracer of the CDC asks you a few questions. The link works on one phone, once; do not pass it on
message-answer = . You may answer with the number measured, for example 36.5. STOP ends these messages
message-see = . See {$link}
unreached-orgs = Organisations that could not be told
unreached-orgs-how = They must act on something urgent now, but nobody of theirs chose a way to be told, or the message did not arrive: call them.
unreached-orgs-instead = told instead:
unreached-orgs-nobody = nobody stands in either
