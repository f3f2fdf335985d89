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

# 监测信号。
situation-signals = 监测信号
signals-of = {$region}监测信号
signals-empty = 还没有监测信号方案
signals-empty-how = 能力包把“对估计值的监视”写成方案即为信号；疫情监测、哨点、学校、药店、诉求等能力包已有。
signals-areas = 地区
signals-open-by = 待处理信号
signals-grade = 等级
signals-none = 无
signals-agree = 多源一致
signals-single = 单一来源
signals-detectors = 各信号
signals-detector = 信号
signals-raised = 累计
signals-open = 待处理
signals-false = 误报（占已判定）
signals-in-time = 按时核实
signals-expected = 预计每周误报：低 / 中 / 高
signals-sensitivity = 现行灵敏度：{$grade}
signals-expected-how = EARS C2，误报概率分别为0.00001、0.001、0.01。按本县区最近四周的均值和离散程度模拟十年平常日子，随机种子固定；不模拟星期和季节规律。可用 lianfang epi alarms 复核。灵敏度为设置项 signal_sensitivity。
signals-expected-where = 请在上方选择县区：预计误报按县区给出。
signals-sources = 按来源的核实结果
signals-source = 来源
signals-delay = 首例发病至示警天数（中位数）
signals-note = 信号是超出常态的数字，不涉及个人。每个信号须核实、研判、处置，或写明理由排除；排除计为误报。
