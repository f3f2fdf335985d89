clock-left = { $span } left
clock-over = { $span } late
clock-minutes = { $n } min
clock-hours = { $n } h
clock-days = { $n } days
