# The page of estimates.
situation-science = 流行病学分析
science-of = {$region}流行病学分析
science-demo = 演示城市的病例为虚构；“新增确诊病例”等公布数据为真实城市2020年的数据。
science-figure = 指标
science-show = 计算
science-empty = 还没有可分析的逐日数字
science-empty-how = 登记病例或每日疫情数据后，这里会有流行曲线、再生数和倍增时间。
science-method = 方法：
science-past = 以往疫情
science-note = 结果取决于代间距等输入和报告是否齐全；不据此对任何个人作出判断。同样的计算可用 lianfang epi 和 /api/v1/epi 复核。
