//! One record asked about at a time: "is this one of ours?" at a declaration, an import, a laboratory result.

use crate::explain::Explanation;
use crate::index::Search;
use crate::lexicon::View;
use crate::linker::{Link, Linker};
use crate::model::{HOUSEHOLD, Model, NEARBY, SAME, STRANGERS};
use crate::record::{Record, Row};
use crate::vector::{self, Vector};

/// A record that may be the one asked about, or of somebody who lives with that person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Place in the indexed list: the second one, or the only one.
    pub place: u32,
    /// Match weight: log2 of the odds that it is the same person, other candidates considered.
    pub weight: f64,
    /// Probability that it is somebody of the same household.
    pub lives_with: f64,
    vector: Vector,
}

impl Linker {
    /// The records that may be of the person in the row, the likeliest first: those of at least `least` bits, and those
    /// that rather live with that person than not.
    ///
    /// Nothing of the question is kept.
    pub fn find(&self, model: &Model, row: &Row<'_>, least: f64) -> Vec<Found> {
        self.met(model, self.lexicon.ask(row).view(), least)
    }

    /// The other records of the indexed list that may be of the person of one of its records, or of somebody who lives with
    /// that person: as [`Linker::find`], but for a record that is there already.
    pub fn beside(&self, model: &Model, place: u32, least: f64) -> Vec<Found> {
        let (_, list) = self.sides();
        let Some(record) = list.get(place as usize).filter(|record| !record.is_empty()) else {
            return Vec::new();
        };
        let mut found = self.met(model, self.lexicon.view(record), least);
        found.retain(|one| one.place != place);
        found
    }

    fn met(&self, model: &Model, asked: View<'_>, least: f64) -> Vec<Found> {
        let (_, list) = self.sides();
        let mut search = Search::default();
        self.index.candidates(&self.lexicon, asked, &mut search);
        let mut found: Vec<Found> = search
            .found
            .iter()
            .filter(|place| !list[**place as usize].is_empty())
            .map(|&place| {
                let vector = vector::compare(&self.lexicon, asked, self.lexicon.view(&list[place as usize]));
                let joint = model.joint(vector);
                let all: f64 = joint.iter().sum();
                Found {
                    place,
                    weight: (joint[SAME] / (joint[HOUSEHOLD] + joint[STRANGERS] + joint[NEARBY])).log2(),
                    lives_with: joint[HOUSEHOLD] / all,
                    vector,
                }
            })
            .filter(|one| one.weight >= least || one.lives_with > 0.5)
            .collect();
        found.sort_by(|x, y| y.weight.total_cmp(&x.weight).then(x.place.cmp(&y.place)));
        found
    }

    /// Why a record was found.
    pub fn explain_found(&self, model: &Model, found: &Found) -> Explanation {
        let link = Link {
            a: found.place,
            b: found.place,
            weight: found.weight as f32,
            vector: found.vector,
        };
        self.explain(model, &link)
    }

    /// Two records of the indexed list beside each other, whether a rule would have brought them together or not; `None`
    /// for a place that it does not have.
    pub fn pair(&self, model: &Model, a: u32, b: u32) -> Option<Link> {
        let (_, list) = self.sides();
        let view = |place: u32| list.get(place as usize).map(|record| self.lexicon.view(record));
        let vector = vector::compare(&self.lexicon, view(a)?, view(b)?);
        Some(Link {
            a,
            b,
            weight: model.weigh(vector) as f32,
            vector,
        })
    }

    /// Forgets what a record of the indexed list says; its place stays and is found no more.
    pub fn forget(&mut self, place: u32) {
        if let Some(record) = self.lists[1].get_mut(place as usize) {
            *record = Record::default();
        }
    }

    /// Adds a record to the indexed list and tells its place. The next question finds it.
    ///
    /// How common names are is not worked out again until the lists are read anew: one record changes little.
    pub fn insert(&mut self, row: &Row<'_>) -> u32 {
        let mut record = self.lexicon.read(row);
        record.phone_holders = self.lexicon.phone_holders(&record);
        let place = u32::try_from(self.lists[1].len()).unwrap_or(u32::MAX);
        self.index.insert(&self.lexicon, &record, place);
        self.lists[1].push(record);
        place
    }
}
