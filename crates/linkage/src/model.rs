//! What was learnt: how often each level stands in pairs of one person, of one household, and of strangers.

use crate::level::{Address, Birth, Idno, Sex};
use crate::vector::{BIRTH, FIELDS, SEX, TABLES, Vector, field_of};
use lianfang_kernel::{Problem, Words};
use serde::{Deserialize, Serialize};

/// Latent classes of pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Both records are of one person.
    Same,
    /// Two people who live together.
    Household,
    /// Two people who have nothing to do with each other.
    Unrelated,
}

impl Class {
    /// Every class.
    pub const ALL: [Class; 3] = [Class::Same, Class::Household, Class::Unrelated];
}

/// Parts of the mixture: one person, one household, strangers, strangers of one area. Region of issue and address go
/// together in strangers too; without the last part their agreement would be counted twice.
pub(crate) const PARTS: usize = 4;
pub(crate) const SAME: usize = 0;
pub(crate) const HOUSEHOLD: usize = 1;
pub(crate) const STRANGERS: usize = 2;
pub(crate) const NEARBY: usize = 3;

/// Shares of one thing by part of the mixture.
pub(crate) type Shares = [f64; PARTS];

/// Share of the records of a list that stand twice in it, before anything was learnt.
const GENERIC_DOUBLES: f64 = 0.02;

/// Why a saved model cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// No model at all.
    #[error("the file holds no linkage parameters")]
    Form,
    /// Of another version.
    #[error("the parameters are of another version")]
    Version,
    /// A share that is not between 0 and 1.
    #[error("the parameters hold a share that is none")]
    Shares,
}

impl ModelError {
    /// The error in both languages, with its hint.
    pub fn problem(&self) -> Problem {
        let zh = match self {
            ModelError::Form => "文件不是比对参数",
            ModelError::Version => "比对参数属于其他版本",
            ModelError::Shares => "比对参数中有不合理的比例",
        };
        Problem::new(
            "linkage_model",
            Words::new(zh, self.to_string()),
            Words::new(
                "请用 --save-model 重新保存参数",
                "save the parameters again with --save-model",
            ),
        )
    }
}

/// Share of strangers of one name who are of one sex, where both are told.
const NAMESAKES_OF_ONE_SEX: f64 = 0.95;

/// How much more often than others strangers of one name are born in one year, before anything was learnt.
pub(crate) const NAMESAKES_OF_ONE_YEAR: f64 = 2.0;

/// How much more often strangers of one area agree on regions.
const NEARER: f64 = 30.0;

/// Shares of levels by class, and shares of the classes among all pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Of all pairs of the two lists.
    pub(crate) parts: Shares,
    /// By table, then level.
    pub(crate) levels: Vec<Vec<Shares>>,
}

impl Model {
    /// What is expected before anything was learnt.
    pub(crate) fn expected(parts: Shares) -> Model {
        let mut levels: Vec<Vec<Shares>> = FIELDS
            .iter()
            .map(|field| {
                let mut shares: Vec<Shares> = field
                    .priors
                    .iter()
                    .enumerate()
                    .map(|(level, &[same, household, strangers])| {
                        let nearer = if is_near(field.id, level) { NEARER } else { 1.0 };
                        [same, household, strangers, strangers * nearer]
                    })
                    .collect();
                normalise(&mut shares);
                shares
            })
            .collect();
        push_namesakes(&mut levels, NAMESAKES_OF_ONE_YEAR);
        Model { parts, levels }
    }

    /// What is expected of lists in general, for a list too short to learn from. `records` is how many it has.
    pub fn generic(records: usize) -> Model {
        let pairs = (records.max(2) as f64) * (records.max(2) as f64 - 1.0) / 2.0;
        let share = (GENERIC_DOUBLES * records.max(2) as f64 / pairs).min(0.2);
        Model::expected([share, share, 0.6 - share, 0.4 - share])
    }

    /// The same model for one question to a list of `records`: somebody of whom it is believed, before anything is
    /// compared, that the list knows them with the probability `known`.
    ///
    /// What was learnt inside a list says how rare doubles are in it, which is not how often somebody comes again.
    pub fn asking(&self, records: usize, known: f64) -> Model {
        let share = (known.clamp(1e-9, 1.0) / records.max(2) as f64).min(0.2);
        let left = 1.0 - self.parts[SAME];
        let mut parts = self.parts.map(|part| part / left * (1.0 - share));
        parts[SAME] = share;
        Model {
            parts,
            levels: self.levels.clone(),
        }
    }

    /// The model as JSON, to be read again by [`Model::from_json`].
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a saved model.
    ///
    /// # Errors
    /// It is no model, or one of other fields and levels than this version has.
    pub fn from_json(text: &str) -> Result<Model, ModelError> {
        let model: Model = serde_json::from_str(text).map_err(|_| ModelError::Form)?;
        let fits = model.levels.len() == TABLES
            && (0..TABLES)
                .zip(&model.levels)
                .all(|(table, levels)| levels.len() == field_of(table).priors.len());
        let are_shares = model
            .levels
            .iter()
            .flatten()
            .chain([&model.parts])
            .flatten()
            .all(|share| *share > 0.0 && *share <= 1.0);
        match (fits, are_shares) {
            (false, _) => Err(ModelError::Version),
            (_, false) => Err(ModelError::Shares),
            _ => Ok(model),
        }
    }

    /// The shares of every level as a table: field, level in English, shares by part. Sex comes twice, at the end for
    /// pairs whose names agree.
    pub fn table(&self) -> Vec<(&'static str, &'static str, [f64; 4])> {
        (0..TABLES)
            .zip(&self.levels)
            .flat_map(|(table, levels)| {
                let field = field_of(table);
                field
                    .words
                    .iter()
                    .zip(levels)
                    .map(|(words, shares)| (field.id, words.1, *shares))
            })
            .collect()
    }

    /// Shares of the parts among all pairs: one person, one household, strangers, strangers of one area.
    pub fn parts(&self) -> [f64; 4] {
        self.parts
    }

    /// Joint weights of a vector with each part.
    pub(crate) fn joint(&self, vector: Vector) -> Shares {
        let mut joint = self.parts;
        for (table, level) in vector.places() {
            let shares = &self.levels[table][level];
            for part in 0..PARTS {
                joint[part] *= shares[part];
            }
        }
        joint
    }

    /// Match weight: log2 of the odds that both records are of one person, taken alone.
    pub(crate) fn weigh(&self, vector: Vector) -> f64 {
        let joint = self.joint(vector);
        (joint[SAME] / joint[HOUSEHOLD..].iter().sum::<f64>()).log2()
    }
}

/// Makes the shares of every part come to one.
pub(crate) fn normalise(levels: &mut [Shares]) {
    for part in 0..PARTS {
        let sum: f64 = levels.iter().map(|shares| shares[part]).sum();
        levels.iter_mut().for_each(|shares| shares[part] /= sum);
    }
}

/// Adds the tables of pairs whose names agree. `one_year` is how much more often than others strangers of one name are
/// born in one year.
pub(crate) fn push_namesakes(levels: &mut Vec<Vec<Shares>>, one_year: f64) {
    levels.push(sexes_of_namesakes(&levels[SEX]));
    levels.push(births_of_namesakes(&levels[BIRTH], one_year));
}

/// Born in one year, as far as the level tells.
pub(crate) fn is_one_year(level: usize) -> bool {
    (Birth::Exact as usize..=Birth::MonthDiffers as usize).contains(&level) || level == Birth::SameYear as usize
}

/// What the shares by date of birth are for pairs whose names agree: one person's birthday has nothing to do with the name,
/// strangers who share a name are of one generation.
fn births_of_namesakes(shares: &[Shares], one_year: f64) -> Vec<Shares> {
    let mut of_namesakes = shares.to_vec();
    for part in [STRANGERS, NEARBY] {
        let told: f64 = shares[Birth::Missing as usize + 1..]
            .iter()
            .map(|shares| shares[part])
            .sum();
        let same: f64 = (0..shares.len())
            .filter(|level| is_one_year(*level))
            .map(|level| shares[level][part])
            .sum();
        let more = one_year.min(told / (2.0 * same));
        let less = (told - more * same) / (told - same);
        for (level, shares) in of_namesakes.iter_mut().enumerate() {
            shares[part] *= match level {
                level if level == Birth::Missing as usize => 1.0,
                level if is_one_year(level) => more,
                _ => less,
            };
        }
    }
    of_namesakes
}

/// What the shares by sex are for pairs whose names agree. One person's sex has nothing to do with it, and whether sex is
/// written down has not either. Known, not learnt: a list holds few namesakes of whom nothing else tells that they are two.
fn sexes_of_namesakes(shares: &[Shares]) -> Vec<Shares> {
    let mut of_namesakes = shares.to_vec();
    for part in [STRANGERS, NEARBY] {
        let [same, different] = [Sex::Same, Sex::Different].map(|level| level as usize);
        let told = shares[same][part] + shares[different][part];
        of_namesakes[same][part] = told * NAMESAKES_OF_ONE_SEX;
        of_namesakes[different][part] = told * (1.0 - NAMESAKES_OF_ONE_SEX);
    }
    of_namesakes
}

/// Whether strangers of one area stand on this level more often.
fn is_near(field: &str, level: usize) -> bool {
    match field {
        "idno" => [Idno::SameRegion as usize, Idno::SameBirthAndRegion as usize].contains(&level),
        "addr" => {
            (Address::SameRoom as usize..=Address::OtherTownship as usize).contains(&level)
                && level != Address::Coarse as usize
        }
        _ => false,
    }
}
