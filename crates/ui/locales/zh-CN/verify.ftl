# Verifying, and whom of other issuers the city believes.
verify-text = 凭证文字
verify-text-help = 以 LF1: 开头；也可核验健康证明（HC1:、NZCP:、shc:）。
verify-check = 核验
verify-accept = 有效
verify-reject = 无效
verify-holder = 核对本人
verify-holder-text = 凭证里没有姓名和证件号。请同时核对持证人的身份证件。
admin-trust = 外地签发方
trust-help = 来返人员持有外地签发的证明（欧盟数字证书、新西兰通行证、SMART 健康卡）。签发方在下列名单中的才显示“有效”，其余显示“签发方不明”。核验不对人作任何评定，人工始终可以放行。
trust-name = 名称
trust-name-help = 例如 eu-dcc。同名名单将被替换。
trust-file = 信任文件
trust-file-help = JSON 格式，与“lianfang pass verify --trust”所读相同，不超过16 MiB
trust-import = 导入名单
trust-send = 导入
trust-holds = 内容
trust-imported = 导入时间
trust-age = 已用
trust-days = { $n ->
    [0] 今天
   *[other] { $n }天
}
trust-by-command = 本机命令
trust-unusable = { $n }项无法使用，已跳过
trust-none = 还没有名单
trust-none-how = 导入前，外地证明的签发方在本市均为“不明”。
trust-hcert-signers = 欧盟证书签发者：{ $n }
trust-hcert-revoked = 欧盟证书已作废：{ $n }
trust-nzcp-keys = 新西兰通行证密钥：{ $n }
trust-shc-issuers = SMART 健康卡签发方：{ $n }
trust-shc-keys = 其密钥：{ $n }
trust-shc-revoked = SMART 健康卡已作废：{ $n }
verify-unknown = 签发方不明
verify-foreign-text = 这是外地签发的证明，只有姓名，没有证件号码：请对照持证人的身份证件核对姓名和出生日期。在本地能否作为依据，由工作人员决定。
verify-kind = 种类
verify-kind-nzcp = 新西兰通行证
verify-issuer = 签发方
verify-name = 证上姓名
verify-birth = 出生日期
verify-until = 有效期至
verify-list-age = 签发方名单导入于
