# 没有网络时存在手机里的答复。
offline-unsent = {$n}条未发送，最早{$at}
offline-kept = 已存在本机，尚未发送
offline-send = 立即发送
offline-came-back = 被退回
offline-came-back-how = 以下内容系统没有收下，原因附后。请重新填报，或询问台账管理人员。
offline-refused = 未收下：
offline-full = 本机存储已满。请不要关闭本页，直到发送完毕。
offline-sent = 已发送
offline-list = 没有网络。清单截至{$at}；照常点选，联网后发送。
offline-put-away = 不再显示
offline-signed-out = 请重新登录后发送；待发内容一直保存在本机。
offline-still-away = 连不上系统。内容都在，没有丢失。
offline-export = 存成文件
offline-keep = 存在本机，联网后发送
offline-close = 关闭
offline-filled = 已填
offline-needs = 本表要向系统查询内容，联网后才能填。
