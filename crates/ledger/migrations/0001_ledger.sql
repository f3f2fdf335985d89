-- Key-value facts about the installation: ledger id, epoch, commit clock, city, demonstration mark.
create table meta ( -- local
    name {text} not null primary key,
    value {text} not null
) {strict};

create table region ( -- reference
    id {text} not null primary key,
    code {text} not null,
    name_zh {text} not null,
    name_en {text} not null,
    level {text} not null,
    parent {text},
    valid_from {int},
    valid_to {int}
) {strict};

-- An organisation is a subject too and shares its id.
create table organisation ( -- reference
    id {uuid} not null primary key,
    kind_type {text} not null,
    name_zh {text} not null,
    name_en {text} not null,
    region {text} not null,
    sector {text},
    parent {uuid},
    functions {json} not null,
    since {int} not null,
    until {int}
) {strict};

create table login ( -- reference
    id {uuid} not null primary key,
    name {text} not null,
    password_hash {text} not null,
    totp_sealed {bytes},
    role {text} not null,
    org {uuid},
    created_at {int} not null,
    expires_at {int},
    locked_at {int},
    failures {int} not null,
    failed_at {int}
) {strict};
create unique index login_name on login (name);

-- Only the digest of a secret is kept: sessions, interface tokens.
create table session ( -- local
    digest {bytes} not null primary key,
    kind {text} not null,
    label {text} not null,
    login {uuid} not null,
    created_at {int} not null,
    expires_at {int} not null,
    revoked_at {int}
) {strict};

-- A resident's device, known by the digest of its secret. `subject` is set once staff confirmed whose it is.
create table device ( -- reference
    id {uuid} not null primary key,
    digest {bytes} not null,
    subject {uuid},
    confirmed_at {int},
    created_at {int} not null
) {strict};
create unique index device_digest on device (digest);

create table subject ( -- distributed by id
    id {uuid} not null primary key,
    kind {text} not null,
    kind_type {text} not null,
    region {text} not null,
    path {text} not null,
    unit {uuid},
    identity_sealed {bytes},
    since {int} not null,
    until {int},
    merged_into {uuid}
) {strict};
create index subject_unit on subject (unit);
create index subject_merged on subject (merged_into);
create index subject_type on subject (kind_type, path);

-- Blind index: HMAC of (kind, normalised identifier) to the subject that holds it.
create table identifier ( -- distributed by digest
    digest {bytes} not null primary key,
    kind {text} not null,
    subject {uuid} not null,
    recorded_at {int} not null
) {strict};
create index identifier_subject on identifier (subject);

-- Keyed tokens of names, pinyin and last four digits, for search.
create table search_token ( -- distributed by token
    token {bytes} not null,
    subject {uuid} not null,
    primary key (token, subject)
) {strict};
create index search_token_subject on search_token (subject);

create table entry ( -- distributed by subject
    subject {uuid} not null,
    id {uuid} not null,
    register {text} not null,
    register_version {int} not null,
    act {text} not null,
    replaces {uuid},
    at {int} not null,
    made_at {int},
    received_at {int} not null,
    recorded_at {int} not null,
    reported_at {int},
    login {uuid},
    device {uuid},
    org {uuid},
    region {text} not null,
    path {text} not null,
    sector {text},
    channel {text} not null,
    assurance {text} not null,
    proxy {bool} not null,
    group_id {uuid},
    reason {text},
    status {text} not null,
    flags {json} not null,
    body {json} not null,
    sealed {bytes},
    retention_class {text} not null,
    primary key (subject, id)
) {strict};
create index entry_id on entry (id);
create index entry_list on entry (register, recorded_at, id);
create index entry_day on entry (register, at, id);
create index entry_device on entry (device, recorded_at);

-- An entry stands in the file of every subject that its fields name.
create table link ( -- distributed by subject
    subject {uuid} not null,
    entry {uuid} not null,
    entry_subject {uuid} not null,
    role {text} not null,
    primary key (subject, entry, role)
) {strict};

-- Answers that were given, so that the same entry twice is one entry.
create table answered ( -- distributed by id
    id {uuid} not null,
    scope {text} not null,
    body_digest {bytes} not null,
    answer {json} not null,
    recorded_at {int} not null,
    primary key (id, scope)
) {strict};

-- Observations whose body did not fit: visible, waiting for a person.
create table tray ( -- local
    id {uuid} not null primary key,
    register {text} not null,
    author {text} not null,
    region {text} not null,
    path {text} not null,
    problems {json} not null,
    sealed {bytes} not null,
    received_at {int} not null,
    settled_at {int}
) {strict};

create table enrolment ( -- distributed by subject
    subject {uuid} not null,
    id {uuid} not null,
    protocol {text} not null,
    version {int} not null,
    enrol_key {text} not null,
    opened_by {uuid},
    parent {uuid},
    start_at {int} not null,
    day_zero {int} not null,
    region {text} not null,
    path {text} not null,
    sector {text},
    state {text} not null,
    ended_at {int},
    ended_by {uuid},
    ready {text},
    missing {json} not null,
    ends_on {int},
    recorded_at {int} not null,
    primary key (subject, id)
) {strict};
create index enrolment_list on enrolment (protocol, state, path);

-- Occurrences that are next, open, or were touched; the rest are derived.
create table task ( -- distributed by subject
    subject {uuid} not null,
    id {uuid} not null,
    enrolment {uuid} not null,
    protocol {text} not null,
    task {text} not null,
    kind {text} not null,
    label {text} not null,
    expects {text} not null,
    owner {uuid},
    owner_self {bool} not null,
    opens_at {int} not null,
    due_at {int} not null,
    state {text} not null,
    timeliness {text},
    discharged_by {uuid},
    done_at {int},
    received_at {int},
    attempts {int} not null,
    escalated {bool} not null,
    complete {bool} not null,
    receipts {json} not null,
    region {text} not null,
    path {text} not null,
    recorded_at {int} not null,
    primary key (subject, id)
) {strict};
create index task_owner on task (owner, state, due_at);
create index task_path on task (state, path, due_at);
create index task_id on task (id);

-- When time alone changes a subject's plan next.
create table wake ( -- distributed by subject
    subject {uuid} not null primary key,
    wake_at {int} not null
) {strict};
create index wake_at on wake (wake_at);

-- What each commit added to each figure.
create table indicator_delta ( -- distributed by region
    region {text} not null,
    indicator {text} not null,
    sector {text} not null,
    day {int} not null,
    bucket {text} not null,
    recorded_at {int} not null,
    path {text} not null,
    n {int} not null,
    primary key (region, indicator, sector, day, bucket, recorded_at)
) {strict};
create index indicator_delta_read on indicator_delta (indicator, recorded_at);

-- What was sent to whom, once per (subject, step).
create table notice ( -- distributed by subject
    subject {uuid} not null,
    step {text} not null,
    kind {text} not null,
    org {uuid},
    task {uuid},
    created_at {int} not null,
    retracted_at {int},
    primary key (subject, step)
) {strict};
create index notice_org on notice (org, created_at);

-- Proof that was handed out: day passes and release certificates.
create table certificate ( -- distributed by id
    id {uuid} not null primary key,
    kind {text} not null,
    subject {uuid} not null,
    device {uuid},
    entry {uuid},
    protocol {text},
    text {text} not null,
    day {int} not null,
    issued_at {int} not null,
    revoked_at {int}
) {strict};
create index certificate_subject on certificate (subject, kind);
create index certificate_device on certificate (device, day);

create table signing_key ( -- reference
    kid {text} not null primary key,
    sealed {bytes} not null,
    created_at {int} not null,
    retires_at {int}
) {strict};

-- One code a subject or device binds by; only its digest.
create table binding_code ( -- local
    digest {bytes} not null primary key,
    subject {uuid} not null,
    created_at {int} not null,
    expires_at {int} not null,
    used_at {int}
) {strict};

create table audit ( -- local
    writer {text} not null,
    seq {int} not null,
    at {int} not null,
    kind {text} not null,
    login {uuid},
    device {uuid},
    org {uuid},
    subject {uuid},
    detail {json} not null,
    previous {bytes} not null,
    hash {bytes} not null,
    primary key (writer, seq)
) {strict};
create index audit_subject on audit (subject, at);
create index audit_at on audit (at);

create table destruction ( -- local
    id {uuid} not null primary key,
    at {int} not null,
    by_login {uuid},
    certificate {json} not null
) {strict};
create table destroyed_key ( -- local
    subject {uuid} not null,
    class {text} not null,
    destruction {uuid} not null,
    destroyed_at {int} not null,
    primary key (subject, class)
) {strict};

create table pack_version ( -- reference
    digest {text} not null primary key,
    activated_at {int} not null,
    author {text} not null,
    approver {text} not null,
    sources {json} not null
) {strict};
