//! How somebody wants to be told: what there is to choose from, and whether a choice can hold.

use super::{Configured, Decided};
use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
use lianfang_kernel::{Lang, Problem, Words};
use lianfang_ledger::outbox::{Choice, NO_CHANNEL, Recipient};
use lianfang_ledger::wire::Author;
use lianfang_messages::hours::Quiet;

/// What somebody may choose from, and what holds for them now.
#[derive(Clone, Debug)]
pub struct Choosing {
    /// The channels for them, in the order of the file.
    pub channels: Vec<Configured>,
    /// What they chose, or what holds for who chose nothing.
    pub choice: Choice,
    /// Hours in which nothing is sent.
    pub quiet: Quiet,
    /// The telephone on file, masked; residents only.
    pub phone: Option<String>,
}

/// A choice as it was typed or sent.
#[derive(Clone, Debug, Default)]
pub struct Typed<'t> {
    /// A channel, or none.
    pub channel: &'t str,
    /// The hour.
    pub hour: Option<i64>,
    /// The language's tag.
    pub lang: &'t str,
    /// Where, if not at the telephone on file.
    pub address: Option<&'t str>,
}

/// What somebody may choose from.
///
/// # Errors
/// The store.
pub async fn choosing(state: &AppState, to: Recipient, lang: Lang) -> Result<Choosing, ApiError> {
    let decided = Decided::of(state);
    let is_person = matches!(to, Recipient::Person(_));
    let channels: Vec<Configured> = state
        .config
        .messages
        .iter()
        .flat_map(|m| m.messages.channels())
        .cloned()
        .collect();
    let (chosen, phone) = read(state, move |reader| {
        let phone = match to {
            Recipient::Person(id) => reader.masked_phone(id)?,
            Recipient::Login(_) => None,
        };
        Ok((reader.message_choice(to)?, phone))
    })
    .await?;
    let default = || Choice {
        channel: if is_person {
            decided.channel.clone()
        } else {
            NO_CHANNEL.to_owned()
        },
        hour: decided.hour,
        lang,
        address: None,
    };
    Ok(Choosing {
        channels: channels
            .into_iter()
            .filter(|channel| !is_person || channel.kind.is_for_residents())
            .collect(),
        choice: chosen.unwrap_or_else(default),
        quiet: decided.quiet,
        phone,
    })
}

impl Choosing {
    /// The choice that was typed.
    ///
    /// # Errors
    /// What must be mended, and at which field.
    pub fn read(&self, to: Recipient, typed: &Typed<'_>) -> Result<Choice, Problem> {
        let hour = typed
            .hour
            .filter(|hour| (0..24).contains(hour) && !self.quiet.holds(*hour));
        let hour = hour.ok_or_else(bad_hour)?;
        let chosen = |address: Option<&str>| Choice {
            channel: typed.channel.to_owned(),
            hour,
            lang: Lang::from_tag(typed.lang).unwrap_or_default(),
            address: address.map(str::to_owned),
        };
        if typed.channel == NO_CHANNEL {
            return Ok(chosen(None));
        }
        let configured = self.channels.iter().find(|known| known.id == typed.channel);
        let configured = configured.ok_or_else(bad_channel)?;
        if typed.address.is_some_and(|address| !configured.channel.fits(address)) {
            return Err(bad_address());
        }
        let on_file = matches!(to, Recipient::Person(_)) && configured.takes_phone() && self.phone.is_some();
        if typed.address.is_none() && configured.channel.needs_address() && !on_file {
            return Err(no_address());
        }
        Ok(chosen(typed.address))
    }
}

fn bad_hour() -> Problem {
    let what = Words::new("不能选这个时间", "This hour cannot be chosen");
    let hint = Words::new("请选免打扰时段以外的整点", "Choose a full hour outside the quiet hours");
    Problem::new("bad_hour", what, hint).at("hour")
}

fn bad_channel() -> Problem {
    let what = Words::new("没有这种提醒方式", "There is no such channel");
    let hint = Words::new("请从列出的方式中选择", "Choose one of those listed");
    Problem::new("bad_channel", what, hint).at("channel")
}

fn bad_address() -> Problem {
    let what = Words::new("地址或号码与提醒方式不符", "The address does not fit the channel");
    let hint = Words::new(
        "短信填手机号，邮件填邮箱地址",
        "A mobile number for text messages, an address for e-mail",
    );
    Problem::new("bad_address", what, hint).at("address")
}

fn no_address() -> Problem {
    let what = Words::new("没有可发送的号码或地址", "There is no number or address to send to");
    let hint = Words::new("请填写手机号或邮箱地址", "Give a mobile number or an e-mail address");
    Problem::new("no_address", what, hint).at("address")
}

/// How many urgent messages a member of staff may get a day; none when urgent ones are not sent.
pub fn urgent_daily(state: &AppState) -> Option<i64> {
    Some(Decided::of(state).urgent_daily).filter(|n| *n > 0)
}

/// Keeps a choice.
///
/// # Errors
/// The store.
pub async fn choose(state: &AppState, author: Author, to: Recipient, choice: Choice) -> Result<(), ApiError> {
    settle(state.ledger.choose_messages(author, to, choice)).await
}
