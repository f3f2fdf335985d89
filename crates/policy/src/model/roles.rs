//! What people may do.

use lianfang_kernel::Words;
use std::collections::BTreeMap;

/// What people of a role may do.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Registers it writes; `*` is every one.
    pub write: Vec<String>,
    /// Registers it reads and how far; `*` is every one.
    pub read: BTreeMap<String, Level>,
    /// How far its sight goes.
    pub scope: Scope,
    /// Police roles never read health.
    pub police: bool,
    /// May manage accounts, organisations and packs of its scope.
    pub admin: bool,
    /// May read the audit.
    pub auditor: bool,
    /// May propose a change of policy.
    pub proposes: bool,
    /// May approve what another person proposed.
    pub approves: bool,
    /// The post that it goes with; an account bears it for good when none.
    pub from_post: Option<FromPost>,
}

impl Role {
    /// What is left of it for an account whose person does not hold the post.
    pub fn without_rights(self) -> Role {
        Role {
            write: Vec::new(),
            read: BTreeMap::new(),
            admin: false,
            auditor: false,
            proposes: false,
            approves: false,
            ..self
        }
    }
}

/// A post that rights derive from: whoever an entry in force says holds it has the role, and nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromPost {
    /// The register of posts: intervals of the snapshot.
    pub register: String,
    /// Its field that says which post.
    pub field: String,
    /// The posts that give the role.
    pub values: Vec<String>,
    /// Its field that says who holds the post; the subject when none.
    pub who: Option<String>,
}

/// How much of a register a role reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Figures only.
    Figures,
    /// Rows without who.
    Pseudonymous,
    /// Rows with masked identity, unmasked for a reason.
    Identified,
}

impl Level {
    /// The level of that id.
    pub fn from_id(id: &str) -> Option<Level> {
        match id {
            "figures" => Some(Level::Figures),
            "pseudonymous" => Some(Level::Pseudonymous),
            "identified" => Some(Level::Identified),
            _ => None,
        }
    }
}

/// How far a role's sight goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The region of its organisation and all inside it.
    #[default]
    Region,
    /// What its own organisation reported or holds.
    Organisation,
    /// Its line, inside its region.
    Sector,
    /// What its author wrote.
    Own,
}
