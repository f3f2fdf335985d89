# Answers that wait on a phone for the network.
offline-unsent = {$n} not yet sent, oldest {$at}
offline-kept = kept on this phone, not yet sent
offline-send = Send now
offline-came-back = Came back
offline-came-back-how = The server did not take these. The reason stands at each; answer again, or ask who keeps the register.
offline-refused = Not taken:
offline-full = This phone is full. Leave this page open until it has been sent.
offline-sent = Sent
offline-list = No network. This list is as of {$at}; tap as always, it is sent later.
offline-put-away = Put away
offline-signed-out = Sign in again to send: what waits stays on this phone until then.
offline-still-away = The server cannot be reached. Nothing is lost.
offline-export = Save as file
offline-keep = Keep on this phone
offline-close = Close
offline-filled = Filled in
offline-needs = This form needs the network: what it asks for is looked up at the server.
