//! Very many report cards, each of a person of its own. One card goes through the ledger; the others are written past it and are
//! like it, row for row, in what lists, files and searches read: the file with its sealed name and numbers, blind indexes, search
//! tokens, the card with its sealed fields under the person's own key, its place in the file. Enrolments, tasks, figures and the
//! audit are left out.

use super::declare::Town;
use super::tables::{self, ENTRY, IDENTIFIER, KEY, LINK, SUBJECT, VALUE, col, without_indexes};
use super::trace::mixed;
use crate::commands::demo::dice::Dice;
use crate::commands::demo::people;
use crate::failure::{Failure, Outcome};
use crate::posts::Account;
use crate::say;
use crate::store::{Store, wait};
use lianfang_db::{Column, ColumnKind, Connection, Value};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Day, Instant, Words};
use lianfang_ledger::wire::NewEntry;
use lianfang_ledger::{Vault, seal_identity};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// The register.
pub(super) const REGISTER: &str = "report_card";
/// The class under whose key its sealed fields stand.
const CLASS: &str = "d3650";
/// Cards a transaction.
const BATCH: usize = 20_000;
/// Over how long the cards were recorded.
const SPAN_MS: i64 = 3 * 365 * 86_400_000;
const DAY_MS: i64 = 86_400_000;
/// Of so many cards one is of this disease, which nobody has had of late.
pub(super) const RARE: (usize, &str) = (20_000, "0200");
/// A disease that nobody had.
pub(super) const NEVER: &str = "0100";
/// Of so many cards, in the first third of the time only, one is of a carrier.
const CARRIER_EVERY: usize = 1_000;

const TOKEN: [Column<'static>; 2] = [col("token", ColumnKind::Bytes), col("subject", ColumnKind::Uuid)];
/// Fields of the card that lists are narrowed by, and their columns.
const INDEXED: [&str; 2] = ["class", "disease"];

/// The person of a card.
#[derive(Debug)]
pub(super) struct Person {
    pub name: String,
    pub cn_id: String,
}

impl Person {
    /// The `n`th of twenty million, each with a number of their own.
    pub(super) fn numbered(n: usize) -> Person {
        let (mut dice, day) = (Dice::new(!(n as u64)), n / 1_000);
        let name = people::name(&mut dice).unwrap_or_default();
        let (month, year) = (day / 28 % 12 + 1, 1940 + day / 336 % 65);
        let body = format!("620502{year:04}{month:02}{:02}{:03}", day % 28 + 1, n % 1_000);
        let cn_id = format!("{body}{}", people::check_digit(&body));
        Person { name, cn_id }
    }
}

/// A list of so many cards.
pub(super) struct CaseList<'a> {
    town: &'a Town,
    pub cards: usize,
    /// When the first was recorded.
    begin: i64,
    vault: Vault,
    /// The card that went through the ledger: its open fields and its sealed ones.
    like: (Map<String, Json>, Map<String, Json>),
    diseases: Vec<String>,
}

impl<'a> CaseList<'a> {
    /// Writes the first card through the ledger.
    ///
    /// # Errors
    /// It is not accepted; the store.
    pub fn begin(store: &Store, town: &'a Town, clinician: &Account, cards: usize) -> Outcome<CaseList<'a>> {
        let (ledger, snapshot) = (&town.ledger, town.ledger.snapshot());
        let now = ledger.now();
        let first = |list: &str| {
            let list = snapshot.model.lists.get(list);
            list.and_then(|list| list.values.first())
                .map(|value| value.id.to_string())
        };
        let village = town.villages.first().unwrap_or(&snapshot.city);
        let moment = now.in_zone(&snapshot.zone);
        let body = json!({
            "card_no": "0", "card_kind": "initial", "sex": first("sex"), "age": 40, "belongs_to": first("belongs_to"),
            "workplace": "样例单位", "phone": "17000000000", "lives_in": village, "address": "样例路1号", "population": first("population_group"),
            "class": "confirmed", "onset_on": snapshot.zone.day_of(now).to_string(), "diagnosed_at": moment, "disease": RARE.1,
            "criteria": "样例", "detected_at": moment, "doctor": "样例",
        });
        let entry = json!({
            "id": ledger.new_id(), "register": REGISTER, "region": village, "body": body,
            "subject": { "type": "person", "name": "样例", "identifiers": { "id_doc": "E00000001" } },
        });
        let entry: NewEntry =
            serde_json::from_value(entry).map_err(|error| Failure::file(std::path::Path::new("entry"), error))?;
        let id = EntryId(entry.id);
        let answer = wait(ledger.append(clinician.author(), vec![entry]))?;
        let result = answer.results.first();
        if !result.is_some_and(|result| result.status.is_in()) {
            let why = format!("{:?}", result.map(|result| &result.problems));
            return Err(Failure::new(
                Words::new("报告卡未被接受", "the report card was not accepted"),
                Words::new(why.clone(), why),
            ));
        }
        let like = ledger.read(|reader| {
            let item = reader.entry(&lianfang_ledger::read::Sight::All, id)?;
            let open = item.map(|item| item.body).unwrap_or_default();
            Ok((open, reader.sealed_fields(id)?.unwrap_or_default()))
        })?;
        let list = snapshot.model.lists.get("notifiable_disease");
        let diseases = list.map_or_else(Vec::new, |list| list.values.iter().map(|v| v.id.to_string()).collect());
        Ok(CaseList {
            town,
            cards,
            begin: now.0 - SPAN_MS,
            vault: Vault::new(&store.master()?)?,
            like,
            diseases: diseases.into_iter().filter(|id| id != NEVER && id != RARE.1).collect(),
        })
    }

    /// When the `n`th card was recorded.
    pub fn recorded_at(&self, n: usize) -> Instant {
        Instant(self.begin + SPAN_MS / 1_000 * i64::try_from(n).unwrap_or(0) / (self.cards as i64).max(1) * 1_000)
    }

    /// When its patient was seen.
    pub fn at(&self, n: usize) -> Instant {
        self.recorded_at(n).plus_ms(-((mixed(7 * n) % 10_000_000) as i64))
    }

    /// The number of its patient's file, and of the card.
    pub fn ids(&self, n: usize) -> (SubjectId, EntryId) {
        let mut dice = Dice::new(n as u64);
        let at = self.recorded_at(n);
        (SubjectId(dice.uuid(at)), EntryId(dice.uuid(at)))
    }

    /// Its patient.
    pub fn person(&self, n: usize) -> Person {
        Person::numbered(n)
    }

    /// Where: few villages have most.
    fn village(&self, n: usize) -> usize {
        let villages = self.town.villages.len().max(1);
        let part = (mixed(3 * n + 1) % 1_000_000) as f64 / 1_000_000.0;
        ((part * part * villages as f64) as usize).min(villages - 1)
    }

    fn body(&self, n: usize) -> Json {
        let mut body = self.like.0.clone();
        let draw = mixed(5 * n + 2);
        let is_old = n < self.cards / 3;
        let class = match draw % 100 {
            _ if is_old && n.is_multiple_of(CARRIER_EVERY) => "carrier",
            0..60 => "confirmed",
            60..85 => "clinical",
            _ => "suspected",
        };
        let disease = match is_old && n % RARE.0 == 1 {
            true => RARE.1,
            false => {
                let part = (draw / 100 % 10_000) as f64 / 10_000.0;
                let at = (part * part * part * self.diseases.len() as f64) as usize;
                self.diseases.get(at).map_or("other", String::as_str)
            }
        };
        let onset = self.at(n).plus_ms(-((draw % 7) as i64) * DAY_MS);
        let onset: Day = self.town.ledger.snapshot().zone.day_of(onset);
        body.insert("card_no".to_owned(), n.to_string().into());
        body.insert("class".to_owned(), class.into());
        body.insert("disease".to_owned(), disease.into());
        body.insert("onset_on".to_owned(), onset.to_string().into());
        body.insert(
            "sex".to_owned(),
            (if draw.is_multiple_of(2) { "male" } else { "female" }).into(),
        );
        if n.is_multiple_of(997) {
            body.insert("card_kind".to_owned(), "revised".into());
        }
        body.into()
    }

    /// Writes all cards.
    ///
    /// # Errors
    /// The stores.
    pub fn write(&self, store: &Store) -> Outcome {
        let bar = say::progress(self.cards as u64, "填入", "cards");
        let (mut data, mut keys) = (store.database.writer()?, store.keys.writer()?);
        let mut tokens: Vec<([u8; 16], SubjectId)> = Vec::with_capacity(self.cards * 18);
        for first in (0..self.cards).step_by(BATCH) {
            let last = self.cards.min(first + BATCH);
            self.write_some(&mut data, &mut keys, first..last, &mut tokens)?;
            bar.inc((last - first) as u64);
        }
        // In the order of their key and with one index: a tenth of the time.
        tokens.sort_unstable_by_key(|token| (token.0, token.1));
        without_indexes(&mut data, &["search_token"], |data| {
            for some in tokens.chunks(10 * BATCH) {
                let row = |(token, subject): &([u8; 16], SubjectId)| vec![token.to_vec().into(), subject.0.into()];
                let rows: Vec<_> = some.iter().map(row).collect();
                insert(data, "search_token", &TOKEN, &rows)?;
            }
            Ok(())
        })?;
        bar.finish_and_clear();
        Ok(())
    }

    fn write_some(
        &self,
        data: &mut Connection,
        keys: &mut Connection,
        cards: std::ops::Range<usize>,
        tokens: &mut Vec<([u8; 16], SubjectId)>,
    ) -> Outcome {
        let mut rows: [Vec<Vec<Value>>; 6] = Default::default();
        let [subjects, identifiers, entries, values, links, wrapped] = &mut rows;
        let snapshot = self.town.ledger.snapshot();
        for n in cards {
            let ((subject, entry), person) = (self.ids(n), self.person(n));
            let village = &self.town.villages[self.village(n)];
            let (path, recorded) = (snapshot.regions.path(village), self.recorded_at(n));
            let identifiers_of: BTreeMap<String, String> = [
                ("cn_id".to_owned(), person.cn_id),
                ("phone".to_owned(), format!("17{:09}", mixed(n) % 1_000_000_000)),
            ]
            .into();
            let identity = seal_identity(&self.vault, subject, Some(person.name), identifiers_of)?;
            subjects.push(vec![
                subject.0.into(),
                "person".into(),
                "person".into(),
                village.as_str().into(),
                path.into(),
                identity.sealed.into(),
                recorded.0.into(),
            ]);
            for (kind, digest) in identity.digests {
                identifiers.push(vec![digest.into(), kind.into(), subject.0.into(), recorded.0.into()]);
            }
            let of_token = |token: Vec<u8>| <[u8; 16]>::try_from(token).ok().map(|token| (token, subject));
            tokens.extend(identity.tokens.into_iter().filter_map(of_token));
            let (key, wrapped_key) = self.vault.new_data_key(subject, CLASS)?;
            for (class, wrapped_key) in [(identity.class, identity.wrapped), (CLASS, wrapped_key)] {
                wrapped.push(vec![
                    subject.0.into(),
                    class.into(),
                    wrapped_key.into(),
                    recorded.0.into(),
                ]);
            }
            let plain = serde_json::to_vec(&self.like.1).unwrap_or_default();
            let sealed = self.vault.seal(&key, &format!("entry {entry}"), &plain)?;
            let body = self.body(n);
            values.extend(index_rows((subject, entry), &body, recorded));
            let mut row = self.entry(n, (subject, entry), village.as_str(), path, &body);
            row.push(sealed.into());
            entries.push(row);
            links.push(vec![
                subject.0.into(),
                entry.0.into(),
                subject.0.into(),
                "subject".into(),
            ]);
        }
        let entry_columns = [&ENTRY[..], &[col("sealed", ColumnKind::Bytes)]].concat();
        insert(keys, "subject_key", &KEY, wrapped)?;
        insert(data, "subject", &SUBJECT, subjects)?;
        insert(data, "identifier", &IDENTIFIER, identifiers)?;
        insert(data, "entry", &entry_columns, entries)?;
        insert(data, "entry_value", &VALUE, values)?;
        insert(data, "link", &LINK, links)
    }

    fn entry(
        &self,
        n: usize,
        (subject, id): (SubjectId, EntryId),
        region: &str,
        path: &str,
        body: &Json,
    ) -> Vec<Value> {
        let (at, recorded) = (self.at(n), self.recorded_at(n));
        let is_flagged = n < self.cards / 3 && n.is_multiple_of(1_499);
        vec![
            subject.0.into(),
            id.0.into(),
            REGISTER.into(),
            1_i64.into(),
            "new".into(),
            at.0.into(),
            recorded.0.into(),
            recorded.0.into(),
            region.into(),
            path.into(),
            "bench".into(),
            "seen".into(),
            false.into(),
            (if is_flagged { "flagged" } else { "accepted" }).into(),
            Value::Json("[]".to_owned()),
            Value::Json(body.to_string()),
            CLASS.into(),
            Value::Null,
        ]
    }
}

/// What the typed index holds of a card.
fn index_rows((subject, entry): (SubjectId, EntryId), body: &Json, recorded: Instant) -> Vec<Vec<Value>> {
    let row = |field: &str| {
        let said = body[field].as_str().unwrap_or_default();
        vec![
            subject.0.into(),
            entry.0.into(),
            REGISTER.into(),
            field.into(),
            said.into(),
            recorded.0.into(),
        ]
    };
    INDEXED.map(row).to_vec()
}

/// Rows of one table in a transaction of their own.
fn insert(writer: &mut Connection, table: &str, columns: &[Column<'_>], rows: &[Vec<Value>]) -> Outcome {
    writer.begin()?;
    tables::insert(writer, table, columns, rows)?;
    writer.commit()?;
    Ok(())
}
