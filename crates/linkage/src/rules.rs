//! Blocking rules: what two records must share so that they are compared at all.
//!
//! To add a rule: give it a name here, push its key in [`keys`], and say in [`most`] how many records of one key are
//! still worth comparing. Rules overlap on purpose: a pair that one rule loses through a mistake or an omission is found
//! by another.

use crate::birth::Date;
use crate::hash::Hash;
use crate::idno::Form;
use crate::lexicon::{Lexicon, View};
use crate::record::{Record, SexRead};

/// Why two records are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Number,
    NumberParts,
    Phone,
    PhonePart,
    Plate,
    SoundBirth,
    SoundSpot,
    SoundYear,
    SoundArea,
    SoundOnly,
    PartBirth,
    BirthSpot,
    Room,
    AreaRoom,
    Group,
    Words,
    Spelling,
}

/// Records of one key that are still compared. A bigger block says too little: finer rules find its true pairs.
pub(crate) fn most(rule: Rule) -> usize {
    match rule {
        Rule::Number | Rule::Phone | Rule::Plate | Rule::SoundBirth => 400,
        Rule::Room | Rule::NumberParts | Rule::PartBirth | Rule::SoundSpot => 150,
        Rule::SoundOnly | Rule::Words => 60,
        _ => 100,
    }
}

/// What a record is when its keys are made: it stands in the index, or it is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Kept,
    Asked,
}

/// Every key of a record.
pub(crate) fn keys(lexicon: &Lexicon, view: View<'_>, role: Role, push: &mut impl FnMut(Rule, u64)) {
    let record = view.record;
    let (sound, parts) = match view.name {
        Some(name) => (name.sound_key(), name.part_keys()),
        None => (0, [0, 0]),
    };
    let mut key = |rule: Rule, kind: u64, words: &[u64]| {
        if !words.contains(&0) {
            push(
                rule,
                words.iter().fold(Hash::of(kind), |hash, word| hash.with(*word)).key(),
            );
        }
    };
    number_keys(record, role, &mut key);
    contact_keys(record, sound, &mut key);
    let place = &record.place;
    let spot = place.spot();
    for birth in record.births().into_iter().filter(|date| date.is_full()) {
        let day = birth.packed();
        key(Rule::SoundBirth, 10, &[sound, day]);
        key(Rule::PartBirth, 11, &[parts[0], day]);
        key(Rule::PartBirth, 12, &[parts[1], day]);
        key(Rule::BirthSpot, 13, &[spot, day]);
    }
    for year in years(record) {
        key(Rule::SoundYear, 14, &[sound, year]);
    }
    key(Rule::SoundSpot, 15, &[sound, spot]);
    key(Rule::SoundArea, 16, &[sound, place.township.into()]);
    key(Rule::SoundArea, 17, &[sound, place.community.into()]);
    key(Rule::SoundArea, 24, &[sound, place.road.into()]);
    key(Rule::SoundOnly, 18, &[sound]);
    let (building, room) = (u64::from(place.building), u64::from(place.room));
    match place.village {
        0 => key(Rule::Room, 19, &[spot, building, room]),
        _ => key(Rule::Room, 20, &[spot, room]),
    }
    key(Rule::Room, 25, &[place.road.into(), building, room]);
    key(Rule::AreaRoom, 21, &[place.township.into(), building, room]);
    key(Rule::AreaRoom, 22, &[place.community.into(), building, room]);
    key(
        Rule::Group,
        23,
        &[place.village.into(), place.group.into(), sex_of(record)],
    );
    if !view.words.is_empty() {
        for word in lexicon.word_table.keys(view.words) {
            key(Rule::Words, 26, &[word]);
        }
        key(Rule::Spelling, 27, &[parts[0], parts[1]]);
    }
}

/// Parts of numbers are for numbers with a mistake: two whole ones that differ are two people's, and share no part.
fn number_keys(record: &Record, role: Role, key: &mut impl FnMut(Rule, u64, &[u64])) {
    let number = &record.idno;
    if number.is_missing() {
        return;
    }
    key(Rule::Number, 1, &[number.whole()]);
    const WHOLE: u64 = 1;
    const DAMAGED: u64 = 2;
    let states: &[u64] = match (role, number.form == Form::Valid) {
        (Role::Kept, true) => &[WHOLE],
        (Role::Kept, false) | (Role::Asked, true) => &[DAMAGED],
        (Role::Asked, false) => &[WHOLE, DAMAGED],
    };
    for &state in states {
        if number.is_citizen() {
            key(Rule::NumberParts, 2, &[state, number.key(2, 0..14, 0..0)]);
            key(Rule::NumberParts, 3, &[state, number.key(3, 6..17, 0..0)]);
            key(Rule::NumberParts, 4, &[state, number.key(4, 0..6, 14..18)]);
        } else {
            key(Rule::NumberParts, 28, &[state, number.key(2, 0..5, 0..0)]);
            key(Rule::NumberParts, 29, &[state, number.key(3, 2..7, 0..0)]);
        }
    }
}

fn contact_keys(record: &Record, sound: u64, key: &mut impl FnMut(Rule, u64, &[u64])) {
    let phone = record.phone;
    if !phone.is_missing() {
        if !phone.is_masked() {
            key(Rule::Phone, 5, &[phone.packed()]);
        }
        key(Rule::PhonePart, 6, &[sound, phone.head(5)]);
        key(Rule::PhonePart, 7, &[sound, phone.tail(4)]);
    }
    if !record.plate.is_missing() {
        key(Rule::Plate, 8, &[record.plate.blurred()]);
    }
}

fn years(record: &Record) -> impl Iterator<Item = u64> {
    let [a, b] = record.births().map(|date: Date| u64::from(date.year()));
    [a, if b == a { 0 } else { b }].into_iter().filter(|year| *year != 0)
}

fn sex_of(record: &Record) -> u64 {
    match record.any_sex() {
        SexRead::Unknown => 3,
        SexRead::Male => 1,
        SexRead::Female => 2,
    }
}
