//! `message`: tries the channels that messages leave by.

use crate::channels::ChannelArgs;
use crate::failure::{Failure, Outcome};
use crate::say;
use clap::{Args, Subcommand};
use lianfang_kernel::ids::IdSource;
use lianfang_kernel::{Clock, SystemClock, Words};
use lianfang_ledger::{MasterKey, Vault};
use lianfang_messages::Outgoing;
use lianfang_server::outbox::Messages;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum MessageVerb {
    /// 发一条测试消息 ¦ Send one message as a test
    Test(TestArgs),
}

/// Arguments of `message test`.
#[derive(Args, Debug)]
pub struct TestArgs {
    #[command(flatten)]
    channels: ChannelArgs,
    /// 渠道编号 ¦ Id of the channel
    channel: String,
    /// 收件地址：电话、邮箱、用户编号；群机器人可不填 ¦ Where to: telephone, e-mail, user id; a robot needs none
    address: Option<String>,
}

/// Sends.
///
/// # Errors
/// No file, no such channel, an address that does not fit, or it was not taken.
pub fn run(verb: &MessageVerb) -> Outcome {
    let MessageVerb::Test(args) = verb;
    let messages = args.channels.read()?.ok_or_else(|| {
        Failure::usage(
            Words::new("没有指定渠道文件", "no file of channels was given"),
            Words::new(
                "加 --messages 文件，或设环境变量 LIANFANG_MESSAGES",
                "add --messages FILE, or set LIANFANG_MESSAGES",
            ),
        )
    })?;
    let channel = messages
        .channel(&args.channel)
        .ok_or_else(|| unknown(&messages, &args.channel))?;
    let fits = args.address.as_deref().map(|address| channel.channel.fits(address));
    if !fits.unwrap_or(!channel.channel.needs_address()) {
        return Err(Failure::usage(
            Words::new(
                "地址缺少或与该渠道不符",
                "the address is missing, or is none of this channel",
            ),
            Words::new(
                "短信填手机号，邮件填邮箱",
                "a mobile number for text messages, an address for e-mail",
            ),
        ));
    }
    let now = SystemClock.now();
    // A message outside of any installation: only the id is wanted, and the key behind it is thrown away.
    let id = Vault::new(&MasterKey::generate()?)?.uuid_v7(now);
    let message = Outgoing {
        id,
        to: args.address.clone(),
        subject: say::pick("联防：测试", "Lianfang: test"),
        text: say::pick(
            &format!("【联防】这是一条测试消息。{}", messages.link),
            &format!("Lianfang: this is a test. {}", messages.link),
        ),
    };
    channel.channel.send(&message, now).map_err(|error| {
        Failure::new(
            Words::new(format!("没有发出：{error}"), error.to_string()),
            Words::new(
                "请核对渠道文件中的地址、密钥和网络",
                "check address, secret and network in the file of channels",
            ),
        )
    })?;
    say::out(say::pick(&format!("已发出（{id}）"), &format!("sent ({id})")));
    Ok(())
}

fn unknown(messages: &Messages, channel: &str) -> Failure {
    let known: Vec<&str> = messages.channels().iter().map(|channel| channel.id.as_str()).collect();
    let known = known.join(", ");
    Failure::usage(
        Words::new(
            format!("没有渠道“{channel}”"),
            format!("there is no channel “{channel}”"),
        ),
        Words::new(format!("可用：{known}"), format!("there are: {known}")),
    )
}
