## 提醒方式
messages-choose = 提醒消息
messages-choose-own = 每天至多一条，有事才发，只有数目和链接，不含健康内容。
messages-choose-staff = 每天至多一条，告诉您本单位有多少待办，只有数目和链接。
messages-urgent-bound = 有事项升级到本单位时随时提醒，每天至多{$n}条。
messages-quiet = {$from}至{$to}不发消息。
messages-channel = 方式
messages-none = 不提醒
messages-hour = 时间
messages-lang = 语言
messages-address = 电话、邮箱或用户编号
messages-address-phone = 不填则发到登记的号码{$phone}
messages-address-help = 按所选方式填写电话、邮箱地址或群内用户编号。群消息不填则不点名。
messages-keep = 保存提醒方式
messages-kept = 已保存
messages-no-channel = 还没有可用的提醒方式
messages-no-channel-how = 由市信息部门在服务器的渠道文件中设置短信、邮件或工作群。

## 未联系上
unreached = 未联系上
today-unreached = 消息和电话都没有联系上的人
unreached-help = 近7天没有送达的消息和没有接通的电话。先问需要什么。
unreached-none = 都联系上了
unreached-none-how = 消息没有送达、电话没有接通的人列在这里，联系上为止。
unreached-who = 谁
unreached-why = 原因
unreached-since = 起
unreached-called = 电话结果
unreached-reached = 联系上
unreached-not_reached = 没有联系上
unreached-saved = 通话已登记
unreached-replies = 有{$n}条短信回复待看
unreached-calls = 电话{$n}次没有接通
unreached-message = {$channel}：{$problem}
unreached-no_address = 没有登记号码
unreached-bad_address = 登记的号码不适用
unreached-broke_off = 发送中断，不知是否送达
unreached-certificate = 邮件服务器的证书不可信，需系统管理员处理
unreached-given_up = 多次发送未成功
unreached-refused = 该号码被拒收

## 消息内容
message-subject = 联防：您有待办
message-open-own = 【联防】您今天有{$n}项待登记
message-open-staff = 【联防】今天有{$n}项任务
message-late = ，{$n}项已过时
message-urgent = 【联防】有事项升级到您的单位
message-alarm = 【联防】有紧急事项需您的单位立即处理
message-interview = 【联防】疾控流调人员请您在网上填写几项内容，本链接只能在您的一台手机上用一次，请勿转发
message-answer = 。可直接回复测得的数字，如36.5；回复“停”不再提醒
message-see = 。查看：{$link}
unreached-orgs = 通知不到的单位
unreached-orgs-how = 有紧急事项需立即处理，但没有人设置提醒方式或消息未送达，请马上电话联系。
unreached-orgs-instead = 已改为通知
unreached-orgs-nobody = 也无人可代为通知
