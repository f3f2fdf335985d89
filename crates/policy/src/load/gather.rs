//! All tables of all sources, by what they are and by id.

use super::finding::Source;
use super::lists;
use super::log::{At, Log};
use super::replaced;
use super::table::Table;
use super::tree::{self, Entry, Spot, Value};
use crate::expr::check::known_hint;
use std::collections::BTreeMap;

/// The pack that an overlay's own tables belong to.
pub(super) const OVERLAY: &str = "city";

/// Tables of this version, in the order they are read.
pub(super) const TABLES: &[&str] = &[
    "pack",
    "type",
    "list",
    "setting",
    "account",
    "register",
    "rule",
    "guard",
    "protocol",
    "indicator",
    "briefing",
    "role",
];

/// A parsed source.
pub(super) struct Parsed {
    file: usize,
    /// The folder: files of one folder are one pack.
    folder: String,
    overlay: bool,
    entries: Vec<Entry>,
}

impl Parsed {
    /// Its tables.
    pub(super) fn entries(&mut self) -> &mut Vec<Entry> {
        &mut self.entries
    }
}

/// One declared table.
#[derive(Clone, Debug)]
pub(super) struct Decl<'d> {
    pub(super) id: &'d str,
    pub(super) pack: String,
    pub(super) overlay: bool,
    /// Where its id stands.
    pub(super) at: At,
    pub(super) spot: &'d Spot,
}

/// All declared tables by kind, in the order of the sources.
#[derive(Debug, Default)]
pub(super) struct Decls<'d> {
    tables: BTreeMap<&'static str, Vec<Decl<'d>>>,
}

impl<'d> Decls<'d> {
    pub(super) fn of(&self, table: &str) -> &[Decl<'d>] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    pub(super) fn find(&self, table: &str, id: &str) -> Option<&Decl<'d>> {
        self.of(table).iter().find(|decl| decl.id == id)
    }

    pub(super) fn ids<'s>(&'s self, table: &str) -> impl Iterator<Item = &'d str> + use<'s, 'd> {
        self.of(table).iter().map(|decl| decl.id)
    }
}

/// Parses the sources. What lies in a folder inside a pack (scenarios, mappings of files) is not part of it.
pub(super) fn parse(log: &mut Log, sources: &[Source], overlay: bool) -> Vec<Parsed> {
    let folder_of = |source: &Source| source.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let is_pack = |source: &&Source| source.text.lines().any(|line| line.trim() == "[pack]");
    let packs: Vec<String> = sources.iter().filter(is_pack).map(folder_of).collect();
    let inside = |folder: &str| {
        packs.iter().any(|pack| {
            folder
                .strip_prefix(pack.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let mut parsed = Vec::new();
    for source in sources {
        let folder = folder_of(source);
        if inside(&folder) && !packs.contains(&folder) {
            continue;
        }
        let file = log.add_file(source);
        match tree::parse(file, &source.text) {
            Ok(entries) => parsed.push(Parsed {
                file,
                folder,
                overlay,
                entries,
            }),
            Err(error) => log.error(
                At { file, offset: error.at },
                (
                    format!("TOML 写法有误：{}", error.message),
                    format!("TOML: {}", error.message),
                ),
                (
                    "一个键在一个表里只能出现一次；文字要加引号",
                    "a key stands once in a table; text stands in quotes",
                ),
            ),
        }
    }
    parsed
}

/// Sorts the tables of the parsed sources by what they are.
pub(super) fn gather<'d>(log: &mut Log, parsed: &'d [Parsed]) -> Decls<'d> {
    let packs = pack_ids(log, parsed);
    let mut decls = Decls::default();
    for source in parsed {
        let pack = match packs.get(source.folder.as_str()) {
            Some(id) => (*id).to_owned(),
            None => OVERLAY.to_owned(),
        };
        for entry in &source.entries {
            let at = At {
                file: source.file,
                offset: entry.at,
            };
            match TABLES.iter().find(|known| **known == entry.key) {
                Some(&"pack") => {
                    let id = packs.get(source.folder.as_str()).copied().unwrap_or(OVERLAY);
                    add(
                        &mut decls,
                        "pack",
                        Decl {
                            id,
                            pack: pack.clone(),
                            overlay: source.overlay,
                            at,
                            spot: &entry.spot,
                        },
                    );
                }
                Some(table) => tables_of(log, &mut decls, table, entry, &pack, source),
                None => {
                    let hint = replaced::hint(&entry.key, "")
                        .unwrap_or_else(|| known_hint(&entry.key, TABLES.iter().copied()));
                    log.error(
                        at,
                        (
                            format!("没有表 [{}]", entry.key),
                            format!("there is no table [{}]", entry.key),
                        ),
                        hint,
                    );
                }
            }
        }
    }
    refuse_doubles(log, &mut decls);
    decls
}

fn add<'d>(decls: &mut Decls<'d>, table: &'static str, decl: Decl<'d>) {
    decls.tables.entry(table).or_default().push(decl);
}

fn pack_ids<'d>(log: &mut Log, parsed: &'d [Parsed]) -> BTreeMap<&'d str, &'d str> {
    let mut packs: BTreeMap<&str, &str> = BTreeMap::new();
    for source in parsed {
        let Some(entry) = source.entries.iter().find(|entry| entry.key == "pack") else {
            continue;
        };
        let Value::Table(fields) = &entry.spot.value else {
            continue;
        };
        let id = fields.iter().find(|field| field.key == "id");
        let at = At {
            file: source.file,
            offset: entry.at,
        };
        let Some(Spot {
            value: Value::Text(id, _),
            ..
        }) = id.map(|id| &id.spot)
        else {
            log.error(
                at,
                ("pack 缺少 id", "pack lacks id"),
                ("写作 id = \"arrivals\"", "write id = \"arrivals\""),
            );
            continue;
        };
        if packs.insert(&source.folder, id).is_some() {
            log.error(
                at,
                (
                    format!("{} 中有两个 [pack]", source.folder),
                    format!("{} has two [pack] tables", source.folder),
                ),
                ("一个目录是一个包", "one folder is one pack"),
            );
        }
    }
    for source in parsed.iter().filter(|source| !source.overlay) {
        if !packs.contains_key(source.folder.as_str()) {
            log.error(
                At {
                    file: source.file,
                    offset: 0,
                },
                (
                    format!("目录 {} 没有 [pack]", source.folder),
                    format!("folder {} has no [pack]", source.folder),
                ),
                (
                    "在 pack.toml 写 [pack] id title",
                    "write [pack] with id and title in its pack.toml",
                ),
            );
        }
    }
    packs
}

fn tables_of<'d>(
    log: &mut Log,
    decls: &mut Decls<'d>,
    table: &'static str,
    entry: &'d Entry,
    pack: &str,
    source: &Parsed,
) {
    let Value::Table(named) = &entry.spot.value else {
        log.error(
            At {
                file: source.file,
                offset: entry.at,
            },
            (format!("{table} 应按编号书写"), format!("{table} is keyed by id")),
            (format!("写作 [{table}.编号]"), format!("write [{table}.id]")),
        );
        return;
    };
    for one in named {
        let at = At {
            file: source.file,
            offset: one.at,
        };
        check_id(log, at, &one.key);
        let parts: Vec<&Spot> = match &one.spot.value {
            Value::List(editions) if table == "protocol" => editions.iter().collect(),
            _ => vec![&one.spot],
        };
        for spot in parts {
            let at = if table == "protocol" && matches!(one.spot.value, Value::List(_)) {
                spot.place()
            } else {
                at
            };
            add(
                decls,
                table,
                Decl {
                    id: &one.key,
                    pack: pack.to_owned(),
                    overlay: source.overlay,
                    at,
                    spot,
                },
            );
        }
    }
}

fn check_id(log: &mut Log, at: At, id: &str) {
    let valid = !id.is_empty()
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b));
    if !valid {
        log.error(
            at,
            (format!("编号 {id} 不合规"), format!("{id} is no id")),
            (
                "编号只含小写字母、数字、下划线和连字符",
                "ids have lower-case letters, digits, _ and - only",
            ),
        );
    }
}

/// An id stands once; an overlay may carry a further part of a setting or rule, or words.
fn refuse_doubles(log: &mut Log, decls: &mut Decls<'_>) {
    for (table, list) in &mut decls.tables {
        if *table == "protocol" {
            continue;
        }
        let mut first: BTreeMap<&str, At> = BTreeMap::new();
        let may_follow = matches!(*table, "setting" | "rule");
        list.retain(|decl| match first.get(decl.id) {
            _ if *table == "list" && lists::is_addition(decl.spot) => true,
            Some(at) if !(decl.overlay && may_follow) => {
                let before = log.place(*at);
                log.error(
                    decl.at,
                    (
                        format!("{table} {} 已在 {before} 声明", decl.id),
                        format!("{table} {} stands at {before} already", decl.id),
                    ),
                    (
                        "请换一个编号；覆盖层只能增加表、规则行、更高版本和设置值",
                        "take another id; an overlay adds tables, rule rows, higher versions and setting values",
                    ),
                );
                false
            }
            Some(_) => true,
            None => {
                first.insert(decl.id, decl.at);
                true
            }
        });
    }
    for (table, other) in [("register", "protocol"), ("register", "type"), ("protocol", "type")] {
        let ids: BTreeMap<&str, At> = decls.of(other).iter().map(|decl| (decl.id, decl.at)).collect();
        for decl in decls.of(table) {
            if let Some(at) = ids.get(decl.id) {
                let before = log.place(*at);
                log.error(
                    decl.at,
                    (
                        format!("编号 {} 已用于 {other}（{before}）", decl.id),
                        format!("id {} names a {other} at {before}", decl.id),
                    ),
                    (
                        "登记表、协议、类型的编号互不相同",
                        "ids of registers, protocols and types differ",
                    ),
                );
            }
        }
    }
}

/// The table of a declaration with its keys checked.
pub(super) fn table<'d>(log: &mut Log, decl: &Decl<'d>, kind: &'static str, keys: &[&str]) -> Option<Table<'d>> {
    Table::read(log, decl.spot, kind, keys)
}
