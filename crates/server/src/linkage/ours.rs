//! The index over our own people: built once, then following the commits.

use crate::person_row::PersonRow;
use lianfang_kernel::RegionTree;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::read::{Followed, KnownPerson};
use lianfang_ledger::{Ledger, LedgerError};
use lianfang_linkage::{Explanation, Found, Link, Linker, Model, learn_places};
use ring::digest::{SHA256, digest};
use std::collections::HashMap;

/// People read from the ledger in one go.
const CHUNK: usize = 5_000;
/// Addresses from which names of places are learnt.
const PLACES_FROM: usize = 100_000;
/// People from whom something can be learnt; fewer are weighed as lists in general are.
pub(crate) const LEARN_FROM: usize = 5_000;
/// How likely somebody who is entered is known already, before anything is compared.
pub(crate) const KNOWN: f64 = 0.3;
/// Places that are no longer anybody's, as a share of all, after which the index is built anew.
const STALE: f64 = 0.1;

/// An identity as it stands in the index, without what it says.
type Print = [u8; 32];

/// The people of the installation, as linkage compares them.
#[derive(Debug)]
pub(crate) struct Ours {
    linker: Linker,
    /// For pairs within the list.
    pub(crate) doubles: Model,
    /// For one question to the list.
    pub(crate) asking: Model,
    /// Whose the places of the index are; nobody's when the person changed or is gone.
    people: Vec<Option<SubjectId>>,
    places: HashMap<SubjectId, (u32, Print)>,
    followed: Followed,
    gone: usize,
    is_spoilt: bool,
}

/// What was written since.
#[derive(Debug)]
pub(crate) struct News {
    followed: Followed,
    rows: Vec<(SubjectId, Option<PersonRow>)>,
    destroyed: bool,
}

impl News {
    /// Whether nothing that is compared has changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A person's file as it is compared.
fn row_of(person: &KnownPerson, regions: &RegionTree) -> PersonRow {
    let place: String = {
        let lineage: Vec<&str> = regions
            .lineage(&person.region)
            .map(|region| region.name.zh.as_str())
            .collect();
        lineage.into_iter().rev().collect()
    };
    PersonRow {
        // Where nothing is written the place is known to the community at least.
        addr: person.address.clone().unwrap_or(place),
        ..PersonRow::identified(person.name.as_deref(), &person.identifiers)
    }
}

fn print_of(row: &PersonRow) -> Print {
    let fields = [&row.name, &row.idno, &row.phone, &row.plate, &row.addr];
    let text = fields.map(String::as_str).join("\u{1f}");
    let mut print = [0; 32];
    print.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    print
}

/// Whether it says anything that tells people apart.
fn says_something(row: &PersonRow) -> bool {
    [&row.name, &row.idno, &row.phone, &row.plate]
        .iter()
        .any(|cell| !cell.is_empty())
}

impl Ours {
    /// Reads everybody.
    ///
    /// # Errors
    /// The database.
    pub(crate) fn build(ledger: &Ledger) -> Result<Ours, LedgerError> {
        let followed = ledger.read(|reader| reader.follow_from_here())?;
        let regions = ledger.snapshot().regions.clone();
        let (mut rows, mut ids, mut after) = (Vec::new(), Vec::new(), None);
        loop {
            let people = ledger.read(|reader| reader.people_after(after, CHUNK))?;
            // A chunk may hold fewer than were asked for; only one that holds nobody is the last.
            let Some(last) = people.last() else { break };
            after = Some(last.id);
            for person in &people {
                let row = row_of(person, &regions);
                if says_something(&row) {
                    rows.push(row);
                    ids.push(person.id);
                }
            }
        }
        let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        let names = rows.iter().take(PLACES_FROM).map(|row| row.addr.as_str());
        let mut linker = Linker::within_one(learn_places(names), threads);
        for chunk in rows.chunks(CHUNK) {
            linker.push(0, &chunk.iter().map(PersonRow::row).collect::<Vec<_>>());
        }
        linker.settle();
        let doubles = if rows.len() >= LEARN_FROM {
            linker.learn()
        } else {
            Model::generic(rows.len())
        };
        let asking = doubles.asking(rows.len(), KNOWN);
        let places = ids.iter().zip(0u32..).zip(&rows);
        Ok(Ours {
            places: places.map(|((id, place), row)| (*id, (place, print_of(row)))).collect(),
            people: ids.into_iter().map(Some).collect(),
            linker,
            doubles,
            asking,
            followed,
            gone: 0,
            is_spoilt: false,
        })
    }

    /// How many people it holds.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it should be built anew: somebody's data was destroyed, or much has changed.
    pub(crate) fn is_stale(&self) -> bool {
        self.is_spoilt || (self.gone > 1_000 && self.gone as f64 > STALE * self.people.len() as f64)
    }

    /// What changed since the last time.
    ///
    /// # Errors
    /// The database.
    pub(crate) fn news(&self, ledger: &Ledger) -> Result<News, LedgerError> {
        let mut followed = self.followed.clone();
        let (found, people) = ledger.read(|reader| {
            let found = reader.follow(&mut followed)?;
            let people = reader.known_people(&found.touched)?;
            Ok((found, people))
        })?;
        let regions = ledger.snapshot().regions.clone();
        let known: HashMap<SubjectId, PersonRow> = people
            .iter()
            .map(|person| (person.id, row_of(person, &regions)))
            .collect();
        let mut rows = Vec::new();
        let mut known = known;
        for id in found.touched {
            let row = known.remove(&id).filter(says_something);
            let before = self.places.get(&id).map(|(_, print)| *print);
            if row.as_ref().map(print_of) != before {
                rows.push((id, row));
            }
        }
        let destroyed: Vec<SubjectId> = found
            .destroyed
            .into_iter()
            .filter(|id| self.places.contains_key(id))
            .collect();
        rows.extend(destroyed.iter().map(|id| (*id, None)));
        Ok(News {
            followed,
            destroyed: !destroyed.is_empty(),
            rows,
        })
    }

    /// Takes in what changed. Whoever was there before stands there no more.
    pub(crate) fn take(&mut self, news: News) {
        self.followed = news.followed;
        self.is_spoilt |= news.destroyed;
        for (id, row) in news.rows {
            if let Some((place, _)) = self.places.remove(&id) {
                self.linker.forget(place);
                if let Some(person) = self.people.get_mut(place as usize) {
                    *person = None;
                }
                self.gone += 1;
            }
            if let Some(row) = row {
                let place = self.linker.insert(&row.row());
                self.people.resize(place as usize, None);
                self.people.push(Some(id));
                self.places.insert(id, (place, print_of(&row)));
            }
        }
    }

    /// The people that a row may be, the likeliest first.
    pub(crate) fn find(&self, row: &PersonRow, least: f64) -> Vec<(SubjectId, Found)> {
        let found = self.linker.find(&self.asking, &row.row(), least).into_iter();
        found
            .filter_map(|found| Some((self.whose(found.place)?, found)))
            .collect()
    }

    /// Why somebody was found.
    pub(crate) fn explain(&self, found: &Found) -> Explanation {
        self.linker.explain_found(&self.asking, found)
    }

    /// Those who rather live with one of our people than not, the likeliest first, and why.
    pub(crate) fn mates(&self, id: SubjectId) -> Vec<(SubjectId, f64, Explanation)> {
        let Some((place, _)) = self.places.get(&id) else {
            return Vec::new();
        };
        let mut mates = self.linker.beside(&self.doubles, *place, f64::INFINITY);
        mates.sort_by(|x, y| y.lives_with.total_cmp(&x.lives_with).then(x.place.cmp(&y.place)));
        let mates = mates.into_iter();
        mates
            .filter_map(|found| {
                let told = self.linker.explain_found(&self.doubles, &found);
                Some((self.whose(found.place)?, found.weight, told))
            })
            .collect()
    }

    /// Pairs that may be one person, the heaviest first.
    pub(crate) fn pairs(&self, least: f64) -> Vec<(SubjectId, SubjectId, Link)> {
        let links = self.linker.link(&self.doubles, least).into_iter();
        links
            .filter_map(|link| Some((self.whose(link.a)?, self.whose(link.b)?, link)))
            .collect()
    }

    /// Why a pair has its weight.
    pub(crate) fn explain_pair(&self, link: &Link) -> Explanation {
        self.linker.explain(&self.doubles, link)
    }

    fn whose(&self, place: u32) -> Option<SubjectId> {
        self.people.get(place as usize).copied().flatten()
    }
}
