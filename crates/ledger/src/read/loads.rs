//! What a protocol weighs: who is in it, what falls due today and on whom, who will be done in the days ahead.

use super::{Conditions, Reader};
use crate::LedgerError;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Day, RegionId};

/// A protocol in numbers, at present.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Subjects in it.
    pub enrolled: i64,
    /// What falls due today, by who owns it; nobody where no desk is found. The heaviest first.
    pub due_today: Vec<(Option<SubjectId>, i64)>,
    /// How many come to the end of their time, by day.
    pub ending: Vec<(Day, i64)>,
}

impl Reader<'_> {
    /// How many people a campaign asks, by the region they are in; the regions in order.
    ///
    /// # Errors
    /// The database.
    pub fn people_of_campaign(
        &mut self,
        protocol: &str,
        campaign: EntryId,
    ) -> Result<Vec<(RegionId, i64)>, LedgerError> {
        let sql = "select region, count(*) as n from enrolment where protocol = $1 and opened_by = $2 \
                   group by region order by region";
        let rows = self.connection.query(sql, &[protocol.into(), campaign.0.into()])?;
        let read = |row: &lianfang_db::Row| Ok((RegionId::new(row.text("region")?), row.int("n")?));
        rows.iter().map(read).collect()
    }

    /// What a protocol weighs in a region today.
    ///
    /// # Errors
    /// The database.
    pub fn load_of(&mut self, protocol: &str, region: &RegionId) -> Result<Load, LedgerError> {
        let snapshot = self.snapshot.clone();
        let today = snapshot.zone.day_of(self.now);
        let mut active = Conditions::default();
        active.and("n.protocol = ? and n.state = 'active'", [protocol.into()]);
        active.inside("n.path", &snapshot.regions, region);
        self.hide_enrolments(&mut active, self.now);
        let sql = format!("select count(*) as n from enrolment n{}", active.to_sql());
        let enrolled = self.connection.query_one(&sql, &active.params)?.int("n")?;

        let mut where_ = active;
        where_.and("n.ends_on > ?", [i64::from(today.0).into()]);
        let sql = format!(
            "select n.ends_on, count(*) as n from enrolment n{} group by n.ends_on order by n.ends_on limit 7",
            where_.to_sql()
        );
        let mut ending = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let day = Day(i32::try_from(row.int("ends_on")?).unwrap_or(i32::MAX));
            ending.push((day, row.int("n")?));
        }

        let mut where_ = Conditions::default();
        where_.and("t.protocol = ? and t.state <> 'void'", [protocol.into()]);
        where_.inside("t.path", &snapshot.regions, region);
        self.hide_tasks(&mut where_);
        let (start, end) = (snapshot.zone.start_of(today), snapshot.zone.start_of(today.plus(1)));
        where_.and("t.due_at >= ? and t.due_at < ?", [start.0.into(), end.0.into()]);
        let sql = format!(
            "select t.owner, count(*) as n from task t{} group by t.owner order by n desc, t.owner limit 10",
            where_.to_sql()
        );
        let mut due_today = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            due_today.push((row.opt_uuid("owner")?.map(SubjectId), row.int("n")?));
        }
        Ok(Load {
            enrolled,
            due_today,
            ending,
        })
    }
}
