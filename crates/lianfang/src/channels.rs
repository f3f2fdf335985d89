//! The file of the channels that messages leave by. It holds secrets, so nobody else may read it.

use crate::failure::{Failure, Outcome};
use crate::key_file;
use clap::Args;
use lianfang_kernel::Words;
use lianfang_server::outbox::{Messages, Messaging};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the channels are described.
#[derive(Args, Clone, Debug, Default)]
pub struct ChannelArgs {
    /// 消息渠道文件（TOML，含密钥，仅服务账号可读） ¦ File of the channels that messages leave by (TOML; it holds secrets, readable by the server alone)
    #[arg(long, env = "LIANFANG_MESSAGES", value_name = "FILE")]
    pub messages: Option<PathBuf>,
}

impl ChannelArgs {
    /// Reads the file; none when none was given.
    ///
    /// # Errors
    /// It cannot be read, others may read it too, or something in it is wrong.
    pub fn read(&self) -> Outcome<Option<Messages>> {
        let Some(path) = &self.messages else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
        key_file::refuse_readable(path)?;
        let read = Messages::parse(&text).map_err(|error| {
            let shown = path.display();
            Failure::new(
                Words::new(format!("{shown}：{}", error.0.zh), format!("{shown}: {}", error.0.en)),
                Words::new(
                    "样例见信息部门指南“消息渠道”一节",
                    "the guide for city IT has an example, under “Channels of messages”",
                ),
            )
        });
        read.map(Some)
    }

    /// The channels as the server uses them.
    ///
    /// # Errors
    /// As [`ChannelArgs::read`].
    pub fn messaging(&self) -> Outcome<Option<Arc<Messaging>>> {
        let messages = self.read()?;
        Ok(messages.map(|messages| {
            Arc::new(Messaging {
                messages,
                words: lianfang_pages::message_words,
            })
        }))
    }
}
