# Verifying, and whom of other issuers the city believes.
verify-text = Text of the pass
verify-text-help = It begins with LF1:. Certificates (HC1:, NZCP:, shc:) can be checked too.
verify-check = Check it
verify-accept = Valid
verify-reject = Not valid
verify-holder = The holder
verify-holder-text = The code holds no name and no number. Compare the holder's own document as well.
admin-trust = Other issuers
trust-help = Travellers carry certificates of other issuers (EU DCC, NZ COVID Pass, SMART Health Card). A code is called valid only if its issuer is on a list here; of anybody else's it is said that the issuer is unknown. It never says anything about a person, and a person can always let somebody in.
trust-name = Name
trust-name-help = For example eu-dcc. A list of the same name is replaced.
trust-file = Trust file
trust-file-help = JSON, as “lianfang pass verify --trust” reads it, up to 16 MiB
trust-import = Import a list
trust-send = Import
trust-holds = Holds
trust-imported = Imported
trust-age = Age
trust-days = { $n ->
    [0] today
    [one] 1 day
   *[other] { $n } days
}
trust-by-command = at the machine
trust-unusable = { $n ->
    [one] 1 member cannot be used and is passed over
   *[other] { $n } members cannot be used and are passed over
}
trust-none = No list yet
trust-none-how = Until one is imported, the issuer of every other certificate is unknown here.
trust-hcert-signers = Signers of EU DCCs: { $n }
trust-hcert-revoked = Revoked EU DCCs: { $n }
trust-nzcp-keys = Keys of NZ COVID Passes: { $n }
trust-shc-issuers = Issuers of SMART Health Cards: { $n }
trust-shc-keys = Their keys: { $n }
trust-shc-revoked = Revoked SMART Health Cards: { $n }
verify-unknown = Issuer unknown
verify-foreign-text = Another issuer's certificate. It holds a name and no document number: compare the name and the date of birth with the holder's document. What it is worth here, a person decides.
verify-kind = Kind
verify-kind-nzcp = NZ COVID Pass
verify-issuer = Issued by
verify-name = Name on it
verify-birth = Born
verify-until = Valid until
verify-list-age = Lists of issuers imported
