//! Addresses that pages link and post to. The handlers use the same constants, so that neither side guesses.

/// Public pages.
pub const HOME: &str = "/";
/// First question of the declaration; the steps follow below it.
pub const DECLARE: &str = "/declare";
/// Who you are.
pub const DECLARE_WHO: &str = "/declare/who";
/// Where you were in the last fourteen days.
pub const DECLARE_STAYS: &str = "/declare/stays";
/// How and when you arrive.
pub const DECLARE_JOURNEY: &str = "/declare/journey";
/// Where in the city you will be.
pub const DECLARE_REGION: &str = "/declare/region";
/// Hotel, employer, host or school.
pub const DECLARE_UNIT: &str = "/declare/unit";
/// Check and send.
pub const DECLARE_SUMMARY: &str = "/declare/summary";
/// The declaration of the day, for one code; its steps stand below.
pub const DAY: &str = "/day";
/// Begins one, for oneself or somebody of the family.
pub const DAY_NEW: &str = "/day/new";
/// Begins one for somebody at a checkpoint.
pub const DAY_HELP: &str = "/day/help";
/// For whom.
pub const DAY_WHO: &str = "/day/who";
/// Where from, and by which car.
pub const DAY_TRIP: &str = "/day/trip";
/// Check and send.
pub const DAY_SUMMARY: &str = "/day/summary";
/// Forgets somebody whom this phone remembers (POST `n`).
pub const DAY_FORGET: &str = "/day/forget";
/// The passes that a phone keeps itself; its service worker has this scope.
pub const KEPT_PASS: &str = "/pass";
/// What keeps passes on a phone.
pub const KEPT_PASS_WORKER: &str = "/pass/sw.js";
/// Whether a place is a risk area, and what is asked of who comes from there.
pub const RISK: &str = "/risk";
/// The registers shown to everybody.
pub const PUBLISHED: &str = "/published";
/// Own page of a resident.
pub const ME: &str = "/me";
/// Naming the people met, by a link or code of a tracer (POST what was typed).
pub const INTERVIEW: &str = "/interview";
/// The same by a code (POST `code`).
pub const INTERVIEW_CODE: &str = "/interview/code";
/// Check of a pass by anybody.
pub const VERIFY: &str = "/verify";
/// The checkpoint app; its service worker has this scope.
pub const CHECK: &str = "/check";
/// What a phone needs to install the checkpoint app.
pub const CHECK_MANIFEST: &str = "/check/manifest.webmanifest";
/// What keeps the checkpoint app on a phone.
pub const CHECK_WORKER: &str = "/check/sw.js";
/// Situation for everybody.
pub const PUBLIC_SITUATION: &str = "/situation";
/// Staff sign-in.
pub const SIGN_IN: &str = "/sign-in";
/// Staff sign-out (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// Switch of place and role (POST `place`).
pub const ACT_AS: &str = "/act-as";
/// My tasks.
pub const TODAY: &str = "/today";
/// What keeps it on the phone for where there is no network: its service worker.
pub const TODAY_WORKER: &str = "/today/sw.js";
/// The service worker of the counters at doors.
pub const DOOR_WORKER: &str = "/venues/sw.js";
/// Triage, queue and observation rooms of a health institution.
pub const CLINIC: &str = "/clinic";
/// Documents from above, and what became of them at each unit.
pub const DOCUMENTS: &str = "/documents";
/// Takes a document in and hands it to units.
pub const DOCUMENT_NEW: &str = "/documents/new";
/// The log of operations, day by day.
pub const OPERATIONS: &str = "/operations";
/// Which vehicle or team goes to which request.
pub const DISPATCH: &str = "/dispatch";
/// Counting in and out at the doors of venues.
pub const VENUES: &str = "/venues";
/// Drills: what is played, answered and found wanting.
pub const DRILLS: &str = "/drills";
/// Opens a response level or a plan.
pub const RESPONSE: &str = "/response";
/// Labels of sample tubes, to be printed.
pub const TUBE_LABELS: &str = "/labels";
/// The morning check of a school's classes.
pub const CLASS_SHEET: &str = "/today/classes";
/// Proposals to sign in bulk.
pub const PROPOSALS: &str = "/today/proposals";
/// Whom no message and no call has reached.
pub const UNREACHED: &str = "/today/unreached";
/// What a call to one of them came to (POST `subject`, `outcome`).
pub const UNREACHED_CALLED: &str = "/today/unreached/called";
/// How a member of staff wants to be told.
pub const ACCOUNT_MESSAGES: &str = "/account/messages";
/// All registers.
pub const REGISTERS: &str = "/registers";
/// Observations that fit no register and wait for a person.
pub const TRAY: &str = "/tray";
/// Checkpoints.
pub const CHECKPOINTS: &str = "/checkpoints";
/// Upload of a phone's exported checks.
pub const CHECKPOINT_UPLOAD: &str = "/checkpoints/upload";
/// Search of subjects.
pub const SUBJECTS: &str = "/subjects";
/// Pairs of files that may be of one person.
pub const DUPLICATES: &str = "/people/duplicates";
/// Situation room of staff.
pub const SITUATION: &str = "/situation";
/// Curves with their estimates.
pub const SCIENCE: &str = "/situation/science";
/// Signals of every detector, and what became of them.
pub const SIGNALS: &str = "/situation/signals";
/// Chains of transmission.
pub const CHAINS: &str = "/situation/chains";
/// Outbreaks of the past, run through every method.
pub const PAST: &str = "/situation/past";
/// Wall screen.
pub const WALL: &str = "/situation/wall";
/// Briefings.
pub const BRIEFINGS: &str = "/briefings";
/// Protocols.
pub const PROTOCOLS: &str = "/protocols";
/// Settings.
pub const ADMIN: &str = "/admin";
/// Health for probes; also the small offline check of pages.
pub const HEALTH: &str = "/healthz";

/// Takes up what the `n`th person whom this phone remembers declared last.
pub fn day_again(n: usize) -> String {
    format!("{DAY}/again?n={n}")
}

/// One register shown to everybody.
pub fn published(id: &str) -> String {
    format!("{PUBLISHED}/{id}")
}

/// An issue of a briefing.
pub fn briefing(id: &str) -> String {
    format!("{BRIEFINGS}/{id}")
}

/// An issue as a file: `md`, `html`.
pub fn briefing_file(id: &str, format: &str) -> String {
    format!("{BRIEFINGS}/{id}.{format}")
}

/// What the next issue of a series would say.
pub fn briefing_draft(series: &str) -> String {
    format!("{BRIEFINGS}/draft?briefing={series}")
}

/// A resident's pass.
pub fn pass(id: &str) -> String {
    format!("/pass/{id}")
}

/// The picture of a pass, for those whose browser draws none.
pub fn pass_picture(id: &str) -> String {
    format!("/pass/{id}.png")
}

/// Something of a resident's own page: `object`, `recover`, `forget`, `messages`, `entries/{id}/correct`.
pub fn me(part: &str) -> String {
    format!("{ME}/{part}")
}

/// The entry that discharges a task (POST), or its `accept`, `return`, `receipt`.
pub fn task(id: &str, act: &str) -> String {
    format!("{TODAY}/tasks/{id}/{act}")
}

/// The entries of a register.
pub fn register(id: &str) -> String {
    format!("{REGISTERS}/{id}")
}

/// A register of intervals as a calendar.
pub fn roster(id: &str) -> String {
    format!("{REGISTERS}/{id}/calendar")
}

/// The form of a register (GET shows, POST sends).
pub fn register_new(id: &str) -> String {
    format!("{REGISTERS}/{id}/new")
}

/// A sheet into a register (GET shows, POST sends).
pub fn register_import(id: &str) -> String {
    format!("{REGISTERS}/{id}/import")
}

/// The empty sheet of a register.
pub fn register_template(id: &str) -> String {
    format!("{REGISTERS}/{id}/template.xlsx")
}

/// Download of a register's list in `format`.
pub fn register_export(id: &str, format: &str) -> String {
    format!("{REGISTERS}/{id}/export.{format}")
}

/// A checkpoint.
pub fn checkpoint(id: &str) -> String {
    format!("{CHECKPOINTS}/{id}")
}

/// Something of a checkpoint: `phones`, `revoke`, `paper`, `key-in`.
pub fn checkpoint_part(id: &str, part: &str) -> String {
    format!("{CHECKPOINTS}/{id}/{part}")
}

/// One observation of the tray: what was sent; `enter` and `settle` stand below.
pub fn tray(id: &str) -> String {
    format!("{TRAY}/{id}")
}

/// One entry; acts on it (`correct`, `withdraw`) stand below.
pub fn entry(id: &str) -> String {
    format!("/entries/{id}")
}

/// A file kept with an entry.
pub fn attachment(id: &str) -> String {
    format!("/api/v1/attachments/{id}")
}

/// An act on an entry.
pub fn entry_act(id: &str, act: &str) -> String {
    format!("/entries/{id}/{act}")
}

/// A subject's file.
pub fn subject(id: &str) -> String {
    format!("{SUBJECTS}/{id}")
}

/// Who may live with somebody; a post takes one of them into the household (`mate`).
pub fn mates(id: &str) -> String {
    format!("{SUBJECTS}/{id}/mates")
}

/// Looks for pairs of files that may be of one person (POST).
pub fn duplicates_search() -> String {
    format!("{DUPLICATES}/search")
}

/// Unmasking of a subject's fields (POST `reason`).
pub fn unmask(id: &str) -> String {
    format!("{SUBJECTS}/{id}/unmask")
}

/// A code that binds the person's phone (POST).
pub fn bind(id: &str) -> String {
    format!("{SUBJECTS}/{id}/code")
}

/// Links by which a person names the people met (POST makes one).
pub fn interview_links(id: &str) -> String {
    format!("{SUBJECTS}/{id}/interview")
}

/// An act on such a link (POST): `send`, `withdraw`.
pub fn interview_link_act(id: &str, act: &str) -> String {
    format!("/interview-links/{id}/{act}")
}

/// The counter at the door of a venue.
pub fn venue(id: &str) -> String {
    format!("{VENUES}/{id}")
}

/// A drill.
pub fn drill(id: &str) -> String {
    format!("{DRILLS}/{id}")
}

/// The morning check of a class.
pub fn class_sheet(id: &str) -> String {
    format!("{TODAY}/classes/{id}")
}

/// A figure with its definition.
pub fn figure(id: &str) -> String {
    format!("/figures/{id}")
}

/// Download of a figure's series or chart: `csv`, `svg`.
pub fn figure_file(id: &str, format: &str) -> String {
    format!("/figures/{id}.{format}")
}

/// Who is missing behind a coverage.
pub fn coverage(id: &str) -> String {
    format!("/figures/{id}/missing")
}

/// The balance sheet of an account.
pub fn balance_sheet(account: &str) -> String {
    format!("/accounts/{account}/sheet")
}

/// Everybody met within some hops of a person.
pub fn trace(id: &str) -> String {
    format!("{CHAINS}/trace/{id}")
}

/// A protocol as its notice reads.
pub fn protocol(id: &str) -> String {
    format!("{PROTOCOLS}/{id}")
}

/// A change of policy.
pub fn policy(id: &str) -> String {
    format!("{ADMIN}/policy/{id}")
}

/// A page of the settings: `users`, `users/new`, `users/bulk`, `roles`, `orgs`, `packs`, `audit`, `retention`, `health`.
pub fn admin(page: &str) -> String {
    format!("{ADMIN}/{page}")
}
