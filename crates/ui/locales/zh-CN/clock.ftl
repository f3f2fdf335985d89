clock-left = 还剩{ $span }
clock-over = 已超{ $span }
clock-minutes = { $n }分钟
clock-hours = { $n }小时
clock-days = { $n }天
