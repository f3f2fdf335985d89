## Balance sheets of accounts
balance-days = {$from} to {$to}
balance-from = From
balance-to = To
balance-show = Show
balance-none = Nothing has come to or left this account
balance-none-how = What is entered in the registers below stands here: opening, in, out, closing.
balance-item = Item
balance-opening = Opening
balance-in = In
balance-out = Out
balance-closing = Closing
balance-rows = Rows
balance-unit = Unit
balance-all = All
figure-sheets = Balance sheet:
desk-store = In store: what came and went
