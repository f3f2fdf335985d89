## Balance sheets of accounts
balance-days = {$from}至{$to}
balance-from = 自
balance-to = 至
balance-show = 查看
balance-none = 这个账户还没有出入
balance-none-how = 在下列登记册登记出入后，期初、收入、发出、结存会列在这里。
balance-item = 物资
balance-opening = 期初
balance-in = 收入
balance-out = 发出
balance-closing = 结存
balance-rows = 明细
balance-unit = 单位
balance-all = 合计
figure-sheets = 收发存表：
desk-store = 库存账：收、发、存
