//! The command line. Help texts hold both languages, split by `¦`; the user's one is shown.

use crate::commands as c;
use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command, CommandFactory, FromArgMatches, Parser, Subcommand};
use lianfang_kernel::Lang;

/// 联防：城市传染病联防联控 ¦ Lianfang: what a city runs when an infectious disease arrives
#[derive(Debug, Parser)]
#[command(name = "lianfang", version)]
pub struct Cli {
    /// 语言：zh 或 en；默认取自环境 ¦ Language: zh or en; taken from the environment unless given
    #[arg(long, global = true, value_name = "zh|en")]
    pub lang: Option<String>,
    /// 日志写成 JSON ¦ Write the log as JSON
    #[arg(long, global = true, env = "LIANFANG_LOG_JSON")]
    pub log_json: bool,
    #[command(subcommand)]
    pub command: Verb,
}

/// One variant a command; one file each under `commands/`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// 运行演示城市（虚构人员） ¦ Run a demonstration city with made-up people
    Demo(c::demo::DemoArgs),
    /// 运行服务 ¦ Run the server
    Serve(c::serve::ServeArgs),
    /// 新建一个城市 ¦ Set up a new city
    Init(c::init::InitArgs),
    /// 账号 ¦ Accounts
    #[command(subcommand)]
    User(c::user::UserVerb),
    /// 区划 ¦ Regions
    #[command(subcommand)]
    Region(c::region::RegionVerb),
    /// 单位 ¦ Organisations
    #[command(subcommand)]
    Org(c::org::OrgVerb),
    /// 主密钥 ¦ The master key
    #[command(subcommand)]
    Key(c::key::KeyVerb),
    /// 局域网手机用的证书 ¦ Certificates for phones on a local network
    #[command(subcommand)]
    Cert(c::cert::CertVerb),
    /// 能力包 ¦ Packs
    #[command(subcommand)]
    Pack(c::pack::PackVerb),
    /// 导入表格到登记册 ¦ Import a sheet into a register
    Import(c::import::ImportArgs),
    /// 在本市人员中查找重复档案 ¦ Look for people of ours who have two files
    Duplicates(c::duplicates::DuplicatesArgs),
    /// 导出登记册 ¦ Export a register
    Export(c::export::ExportArgs),
    /// 统计指标，含分子分母和定义 ¦ A figure with its numerator, denominator and definition
    Indicator(c::indicator::IndicatorArgs),
    /// 通行码与解除证明 ¦ Passes and certificates
    #[command(subcommand)]
    Pass(c::pass::PassVerb),
    /// 备份数据库与密钥库 ¦ Copy the data store and the key store
    Backup(c::backup::BackupArgs),
    /// 从备份恢复 ¦ Put a backup back
    Restore(c::restore::RestoreArgs),
    /// 审计链 ¦ The audit chain
    #[command(subcommand)]
    Audit(c::audit::AuditVerb),
    /// 到期销毁 ¦ Destruction of what is past its retention
    #[command(subcommand)]
    Retention(c::retention::RetentionVerb),
    /// 提醒消息的渠道 ¦ Channels of messages
    #[command(subcommand)]
    Message(c::message::MessageVerb),
    /// 检查本机的安装 ¦ Check this installation
    Doctor(c::doctor::DoctorArgs),
    /// 性能测试，与同一次运行中的基线相比 ¦ Benchmarks against a baseline measured in the same run
    Bench(c::bench::BenchArgs),
    /// 名单比对：两份名单中谁是同一人 ¦ Record linkage: who is the same person in two lists
    Match(c::match_lists::MatchArgs),
    /// 编号简报；当日未编发时为草稿 ¦ The numbered briefing; a draft while the day's is not published
    Brief(c::brief::BriefArgs),
    /// 流行病学计算 ¦ Epidemiology
    #[command(subcommand)]
    Epi(c::epi::EpiVerb),
    /// 预演：方案新版本、规则行或整套能力包对本库在管对象意味着什么 ¦ What a version of a protocol, rows of a rule or other packs would do to this ledger
    Preview(c::preview::PreviewArgs),
    /// 演练（以后） ¦ Exercises (later)
    Drill(c::later::Later),
    /// 读取公文（以后） ¦ Reading notices (later)
    Read(c::later::Later),
}

/// The parser in one language.
pub fn command(lang: Lang) -> Command {
    in_language(Cli::command(), lang)
}

/// Reads the arguments.
///
/// # Errors
/// Wrong usage, or help was asked for.
pub fn parse(args: &[String], lang: Lang) -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&command(lang).try_get_matches_from(args)?)
}

fn in_language(command: Command, lang: Lang) -> Command {
    let one = |text: &StyledStr| in_one(&text.to_string(), lang);
    let (heading_commands, heading_options) = match lang {
        Lang::Zh => ("命令", "选项"),
        Lang::En => ("Commands", "Options"),
    };
    let is_root = command.get_name() == "lianfang";
    let about = command.get_about().map(one);
    let mut command = command
        .mut_args(|arg| arg_in_language(arg, lang, heading_options))
        .mut_subcommands(|sub| in_language(sub, lang))
        .subcommand_help_heading(heading_commands)
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .arg(flag(
            "help",
            'h',
            ArgAction::Help,
            ("显示帮助", "Print help"),
            lang,
            heading_options,
        ));
    if is_root {
        let version = ("显示版本", "Print version");
        command = command.disable_version_flag(true).arg(flag(
            "version",
            'V',
            ArgAction::Version,
            version,
            lang,
            heading_options,
        ));
    }
    if lang == Lang::Zh {
        command = command.help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}");
    }
    match about {
        Some(about) => command.about(about),
        None => command,
    }
}

fn flag(
    name: &'static str,
    short: char,
    action: ArgAction,
    words: (&str, &str),
    lang: Lang,
    heading: &'static str,
) -> Arg {
    let help = if lang == Lang::Zh { words.0 } else { words.1 };
    Arg::new(name)
        .short(short)
        .long(name)
        .action(action)
        .help(help.to_owned())
        .help_heading(heading)
}

fn arg_in_language(arg: Arg, lang: Lang, heading: &'static str) -> Arg {
    let help = arg.get_help().map(|text| in_one(&text.to_string(), lang));
    let arg = if arg.is_positional() {
        arg
    } else {
        arg.help_heading(heading)
    };
    match help {
        Some(help) => arg.help(help),
        None => arg,
    }
}

fn in_one(text: &str, lang: Lang) -> String {
    let mut parts = text.split('¦');
    let zh = parts.next().unwrap_or_default().trim();
    let en = parts.next().map_or(zh, str::trim);
    if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(command: &Command, visit: &mut dyn FnMut(&str, &str)) {
        if let Some(about) = command.get_about() {
            visit(command.get_name(), &about.to_string());
        }
        for arg in command.get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            visit(&format!("{} {}", command.get_name(), arg.get_id()), &help);
        }
        command.get_subcommands().for_each(|sub| every(sub, visit));
    }

    #[test]
    fn every_help_text_is_in_both_languages() {
        every(&Cli::command(), &mut |place, text| {
            assert_eq!(text.matches('¦').count(), 1, "{place}: {text:?}");
        });
        for lang in Lang::ALL {
            let command = command(lang);
            command.clone().debug_assert();
            every(&command, &mut |place, text| {
                assert!(!text.contains('¦') && !text.is_empty(), "{place}: {text:?}");
            });
        }
    }
}
