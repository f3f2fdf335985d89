//! What lies on the desks of offices today: documents, the log, calls and cars, a library with people in it, a drill. Made up, so
//! that their pages have something to show.

use crate::failure::Outcome;
use crate::posts::Account;
use crate::store::wait;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::Ledger;
use lianfang_ledger::wire::{Author, EntryAnswer};
use serde_json::{Value, json};

/// Roles in which any unit answers a document, and plays in a drill.
const UNIT: &str = "document-unit";
const PLAYER: &str = "drill-player";
/// Who is to answer a document, by role, and what.
type Addressees = &'static [(&'static str, &'static str)];
/// Documents: number, title, sender, hours until they are due, and who is to answer what.
const DOCUMENTS: [(&str, &str, &str, i64, Addressees); 2] = [
    (
        "演示防指办〔3〕号",
        "关于做好返乡人员服务管理的通知（演示）",
        "演示省防控办",
        26,
        &[
            ("cdc", "报送来返人员检测安排"),
            ("document-unit", "摸清本单位人员离返情况"),
            ("market-inspector", "督促市场测温消毒"),
        ],
    ),
    (
        "演示防指办〔4〕号",
        "关于开展防控物资盘点的通知（演示）",
        "演示省防控办",
        -3,
        &[("stock-officer", "报送库存和缺口"), ("clinician", "报送防护用品消耗")],
    ),
];
/// The log: hours before now, kind, what, from where.
const LOG: [(i64, &str, &str, &str); 6] = [
    (
        98,
        "meeting",
        "领导小组召开第3次会议，听取流调和检测进展",
        "指挥部办公室",
    ),
    (74, "decision", "发布来返人员分类管理通告", "指挥部办公室"),
    (50, "deployment", "增派两支流调队到病例集中的街道", "疾控中心"),
    (27, "case", "新增病例均为已管控的密切接触者", "疾控中心"),
    (8, "deployment", "启用备用隔离房间", "隔离点专班"),
    (2, "other", "气象部门提示夜间降雪，卡点加派值守", "应急值守"),
];
/// Calls: kind, what, minutes before now.
const CALLS: [(&str, &str, i64); 4] = [
    ("trip", "孕妇需送医产检", 95),
    ("shopping", "独居老人购买降压药", 48),
    ("trip", "透析病人需接送", 33),
    ("service", "居家观察户垃圾未收", 14),
];
/// Cars and how many they seat.
const CARS: [(&str, i64); 3] = [("演示保障车1", 4), ("演示保障车2", 4), ("演示保障车3", 7)];
/// Goods: type, name, pieces that came and that were handed out.
const GOODS: [(&str, &str, i64, i64); 2] = [
    ("mask_surgical", "演示医用外科口罩", 12_000, 2_500),
    ("suit", "演示防护服", 300, 40),
];

/// Lets the offices have their morning.
pub fn fill(ledger: &Ledger, accounts: &[Account], region: &str, now: Instant) -> Outcome {
    let offices = Offices {
        ledger,
        accounts,
        region,
        now,
    };
    offices.documents()?;
    offices.log()?;
    offices.calls()?;
    offices.library()?;
    offices.store()?;
    offices.drill()
}

struct Offices<'a> {
    ledger: &'a Ledger,
    accounts: &'a [Account],
    region: &'a str,
    now: Instant,
}

impl Offices<'_> {
    fn account(&self, role: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.role == role)
    }

    fn ago(&self, minutes: i64) -> Instant {
        self.now.plus_ms(-minutes * 60_000)
    }

    /// Writes entries in a role; nothing when the packs have no such role.
    fn write(&self, role: &str, at: Instant, entries: Vec<Value>) -> Outcome<Vec<EntryAnswer>> {
        match self.account(role) {
            Some(account) => self.write_for(account, role, at, entries),
            None => Ok(Vec::new()),
        }
    }

    /// Writes entries in a role for the office of an account.
    fn write_for(&self, account: &Account, role: &str, at: Instant, entries: Vec<Value>) -> Outcome<Vec<EntryAnswer>> {
        let author = Author {
            role: role.to_owned(),
            ..account.author()
        };
        let sent = entries.into_iter().filter_map(|mut entry| {
            entry["id"] = self.ledger.new_id().to_string().into();
            entry["at"] = at.to_string().into();
            if entry["subject"].is_object() {
                entry["region"] = self.region.into();
            }
            serde_json::from_value(entry).ok()
        });
        let answer = wait(self.ledger.append(author, sent.collect()))?;
        for refused in answer.results.iter().filter(|result| !result.status.is_in()) {
            let code = refused.problems.first().map_or("", |problem| problem.code.as_str());
            tracing::warn!(role, code, "demo.office_refused");
        }
        Ok(answer.results)
    }

    /// One document under way with its first receipt, and one that is late.
    fn documents(&self) -> Outcome {
        for (n, (number, title, sender, hours, units)) in DOCUMENTS.into_iter().enumerate() {
            let due = self.now.plus_ms(hours * 3_600_000).to_string();
            let units: Vec<(&Account, &str)> = units
                .iter()
                .filter_map(|(role, what)| Some((self.account(role)?, *what)))
                .collect();
            let addressees: Vec<Value> = units
                .iter()
                .map(|(unit, what)| json!({ "unit": unit.org, "what": what, "due": due }))
                .collect();
            let document = json!({
                "register": "incoming_document",
                "subject": { "type": "official_document", "identifiers": { "code": format!("DEMO-W{n}") }, "name": title },
                "body": { "number": number, "sender": sender, "openness": "internal", "addressees": addressees },
            });
            let made = self.write("document-desk", self.ago(200 + 300 * n as i64), vec![document])?;
            let (Some(document), Some((first, _))) = (made.first().and_then(|answer| answer.subject), units.first())
            else {
                continue;
            };
            self.received(first, document, n == 1)?;
        }
        Ok(())
    }

    fn received(&self, unit: &Account, document: SubjectId, is_answered: bool) -> Outcome {
        let about = |register: &str, body: Value| json!({ "register": register, "subject": unit.org, "body": body });
        let receipt = about("document_receipt", json!({ "document": document }));
        self.write_for(unit, UNIT, self.ago(150), vec![receipt])?;
        if is_answered {
            let body = json!({ "document": document, "outcome": "已盘点，口罩够用12天，防护服缺40套" });
            self.write_for(unit, UNIT, self.ago(90), vec![about("document_outcome", body)])?;
        }
        Ok(())
    }

    fn log(&self) -> Outcome {
        for (hours, kind, text, origin) in LOG {
            let event = json!({
                "register": "operations_event",
                "subject": { "type": "operations_log", "identifiers": { "code": "DEMO-LOG" }, "name": "演示战疫日志" },
                "body": { "kind": kind, "text": text, "origin": origin },
            });
            self.write("log-keeper", self.ago(hours * 60), vec![event])?;
        }
        Ok(())
    }

    /// A store with masks and suits, some of them handed to a unit.
    fn store(&self) -> Outcome {
        let (Some(keeper), Some(taker)) = (self.account("store-keeper"), self.account("unit")) else {
            return Ok(());
        };
        let lot = json!({
            "register": "lot_file", "subject": { "type": "lot", "identifiers": { "code": "DEMO-P1" }, "name": "演示采购批次" },
            "body": { "source": "purchase" },
        });
        let lot = self.write("store-keeper", self.ago(2_900), vec![lot])?;
        let Some(lot) = lot.first().and_then(|answer| answer.subject) else {
            return Ok(());
        };
        for (n, (kind, name, came, went)) in GOODS.into_iter().enumerate() {
            let file = json!({
                "register": "goods_file",
                "subject": { "type": kind, "identifiers": { "code": format!("DEMO-WZ{n}") }, "name": name },
                "body": { "specification": name },
            });
            let file = self.write("store-keeper", self.ago(2_890), vec![file])?;
            let Some(goods) = file.first().and_then(|answer| answer.subject) else {
                continue;
            };
            let body = json!({ "goods": goods, "n": came, "unit": "piece", "store": keeper.org });
            let came = json!({ "register": "stock_in", "subject": lot, "body": body });
            self.write("store-keeper", self.ago(2_880), vec![came])?;
            let body = json!({
                "move": "issued", "goods": goods, "n": went, "unit": "piece", "store": keeper.org, "taker": taker.org,
            });
            let went = json!({ "register": "stock_move", "subject": lot, "body": body });
            self.write("store-keeper", self.ago(600), vec![went])?;
        }
        Ok(())
    }

    /// Four calls and three cars; the first call has its car.
    fn calls(&self) -> Outcome {
        let mut calls = Vec::new();
        for (n, (kind, what, minutes)) in CALLS.into_iter().enumerate() {
            let call = json!({
                "register": "request",
                "subject": { "type": "public_request", "identifiers": { "code": format!("DEMO-MH{n}") }, "name": "演示诉求" },
                "body": { "kind": kind, "how": "phone", "what": what },
            });
            calls.extend(self.write("request-desk", self.ago(minutes), vec![call])?);
        }
        let Some(desk) = self.account("request-desk") else {
            return Ok(());
        };
        let car = |(n, (name, seats)): (usize, &(&str, i64))| {
            json!({
                "register": "support_resource",
                "subject": { "type": "support_vehicle", "identifiers": { "code": format!("DEMO-CL{n}") }, "name": name },
                "body": { "keeper": desk.org, "seats": seats },
            })
        };
        let cars = self.write(
            "request-desk",
            self.ago(240),
            CARS.iter().enumerate().map(car).collect(),
        )?;
        let first = |made: &[EntryAnswer]| made.first().and_then(|answer| answer.subject);
        if let (Some(call), Some(car)) = (first(&calls), first(&cars)) {
            let (from, to) = (self.ago(80).to_string(), self.ago(-60).to_string());
            let sent =
                json!({ "register": "dispatch", "subject": car, "body": { "from": from, "to": to, "serves": call } });
            let taken = json!({ "register": "request_taken", "subject": call, "body": { "by_whom": "演示1号" } });
            self.write("request-desk", self.ago(80), vec![sent, taken])?;
        }
        Ok(())
    }

    /// A library with a cap and an afternoon's readers.
    fn library(&self) -> Outcome {
        let name = "演示图书馆";
        let file = json!({
            "register": "premises_file", "subject": { "type": "library", "name": name }, "body": { "business_name": name },
        });
        let made = self.write("market-regulator", self.ago(300), vec![file])?;
        let Some(library) = made.first().and_then(|answer| answer.subject) else {
            return Ok(());
        };
        let counted = |register: &str, people: i64| json!({ "register": register, "subject": library, "body": { "people": people } });
        self.write("venue-counter", self.ago(290), vec![counted("venue_cap", 50)])?;
        self.write("venue-counter", self.ago(60), vec![counted("venue_in", 30)])?;
        self.write(
            "venue-counter",
            self.ago(20),
            vec![counted("venue_in", 16), counted("venue_out", 5)],
        )?;
        Ok(())
    }

    /// A drill of which one inject is answered, one waits and one is yet to come.
    fn drill(&self) -> Outcome {
        let (Some(player), Some(school)) = (self.account(PLAYER), self.account("school")) else {
            return Ok(());
        };
        let inject = |number: i64, minutes: i64, what: &str, owner: &Account| json!({ "number": number, "at": self.ago(minutes).to_string(), "what": what, "owner": owner.org });
        let script = json!({
            "register": "drill_script",
            "subject": { "type": "drill", "identifiers": { "code": "DEMO-YL" }, "name": "校园发热应急演练（演示）" },
            "body": {
                "scenario": "学校晨检发现两名学生发热", "participants": [player.org, school.org],
                "review_by": self.ago(-24 * 60).to_string(),
                "injects": [
                    inject(1, 40, "晨检发现两名学生发热", player),
                    inject(2, 10, "学生送到发热门诊", player),
                    inject(3, -45, "家长来校询问", school),
                ],
            },
        });
        let made = self.write("drill-director", self.ago(120), vec![script])?;
        let Some(drill) = made.first().and_then(|answer| answer.subject) else {
            return Ok(());
        };
        let answer = json!({ "register": "drill_answer", "subject": drill, "body": { "number": 1, "action": "启用临时观察室，通知家长和属地卫生院" } });
        self.write(PLAYER, self.ago(33), vec![answer])?;
        Ok(())
    }
}
