//! What facts are about.

use crate::ids::SubjectId;
use crate::{Instant, RegionId, Words};
use serde::{Deserialize, Serialize};

/// The eight kinds of subject. Types refine them in packs (`school` is an organisation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectKind {
    /// 人
    Person,
    /// 户
    Household,
    /// 单位
    Organisation,
    /// 场所: also a room, a gate, a line, an exit.
    Place,
    /// 车辆
    Vehicle,
    /// 物资
    Item,
    /// 区域
    Region,
    /// 事项: a document, meeting, claim, request, campaign, filing.
    Matter,
}

impl SubjectKind {
    /// All kinds.
    pub const ALL: [SubjectKind; 8] = [
        SubjectKind::Person,
        SubjectKind::Household,
        SubjectKind::Organisation,
        SubjectKind::Place,
        SubjectKind::Vehicle,
        SubjectKind::Item,
        SubjectKind::Region,
        SubjectKind::Matter,
    ];

    /// The kind's id in packs and on the wire.
    pub fn id(self) -> &'static str {
        match self {
            SubjectKind::Person => "person",
            SubjectKind::Household => "household",
            SubjectKind::Organisation => "organisation",
            SubjectKind::Place => "place",
            SubjectKind::Vehicle => "vehicle",
            SubjectKind::Item => "item",
            SubjectKind::Region => "region",
            SubjectKind::Matter => "matter",
        }
    }

    /// The kind of that id.
    pub fn from_id(id: &str) -> Option<SubjectKind> {
        SubjectKind::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// The kind's name for people.
    pub fn words(self) -> Words {
        let (zh, en) = match self {
            SubjectKind::Person => ("人员", "person"),
            SubjectKind::Household => ("家庭户", "household"),
            SubjectKind::Organisation => ("单位", "organisation"),
            SubjectKind::Place => ("场所", "place"),
            SubjectKind::Vehicle => ("车辆", "vehicle"),
            SubjectKind::Item => ("物资", "item"),
            SubjectKind::Region => ("区域", "region"),
            SubjectKind::Matter => ("事项", "matter"),
        };
        Words::new(zh, en)
    }
}

/// What pure code sees of a subject: never a name or a number.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectView {
    /// Its id.
    pub id: SubjectId,
    /// Its kind.
    pub kind: SubjectKind,
    /// Its type in a pack, such as `school`; the kind's id when no type was given.
    pub kind_type: String,
    /// The leaf region where it is or stays.
    pub region: RegionId,
    /// The organisation it belongs to or stays at: a hotel, a school, an employer.
    pub unit: Option<SubjectId>,
    /// Since when it is known.
    pub since: Instant,
    /// When it ceased: a closed school, a merged file.
    pub until: Option<Instant>,
}

/// An organisation in the snapshot that conditions and owners are resolved against.
#[derive(Clone, Debug, PartialEq)]
pub struct Organisation {
    /// It is a subject too.
    pub id: SubjectId,
    /// Its type in a pack: `school`, `hotel`, `community` …
    pub kind_type: String,
    /// Its public name.
    pub name: Words,
    /// Where it is.
    pub region: RegionId,
    /// Its line: `education`, `health` …
    pub sector: Option<String>,
    /// Functions it holds, with the region each is held for: (`testing`, `371702`).
    pub functions: Vec<(String, RegionId)>,
    /// Since when.
    pub since: Instant,
    /// Until when.
    pub until: Option<Instant>,
}
