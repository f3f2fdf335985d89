//! When a task is asked: its occurrences, before anything is known of whether they are done.

use crate::condition::Scope;
use crate::engine::EngineAt;
use crate::matching::{TaskPlan, Turn};
use crate::names::Names;
use crate::planner::Planner;
use lianfang_kernel::ids::EnrolmentId;
use lianfang_kernel::{Datum, Day, Instant, TimeOfDay};
use lianfang_policy::Expr;
use lianfang_policy::model::{Days, Length, Task, Timing};

const WHOLE_DAY_MS: i64 = 86_400_000;
/// Room made beforehand for the occurrences of one task.
const MOST_AHEAD: usize = 256;

/// What the occurrences of an enrolment hang on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Whose they are.
    pub enrolment: EnrolmentId,
    /// Since when.
    pub start: Instant,
    /// First and last civil day planned at all; of an edition of a live set.
    pub clip: Option<(Day, Day)>,
}

/// The occurrences of one task, ordered by opening. Their windows are disjoint.
pub(crate) struct Schedule<'s, 'a> {
    pub planner: &'a Planner<'a>,
    pub frame: Frame,
    pub names: &'s Names,
    pub scope: &'s mut Scope<'a>,
    /// Tasks planned before, which expressions may ask about.
    pub before: &'s [TaskPlan<'a>],
    pub protocol: &'a str,
}

impl<'a> Schedule<'_, 'a> {
    /// Lays out a task. The flag tells whether its occurrences have a last one.
    pub fn turns(&mut self, task: &'a Task) -> (Vec<Turn<'a>>, bool) {
        match &task.timing {
            Timing::Within { length, from } => (vec![self.within(task, length, from.as_ref())], true),
            Timing::Until(until) => {
                let due = self.moment(until).unwrap_or(Instant::MAX);
                (
                    vec![self.turn(task, String::new(), (self.frame.start, Instant::MAX), due, true)],
                    true,
                )
            }
            Timing::By(time) => self.daily(task, |this, day, (start, next), out| {
                let due = clock_time(this.planner, day, *time, (start, next));
                out.push(this.turn(task, date(day, 0), (start, next), due, true));
            }),
            Timing::Slots(slots) => self.daily(task, |this, day, bounds, out| {
                let date = date(day, 2);
                for (n, (from, to)) in slots.iter().enumerate() {
                    let opens = clock_time(this.planner, day, *from, bounds);
                    let close = clock_time(this.planner, day, *to, bounds);
                    out.push(this.turn(task, slot_label(&date, n + 1), (opens, close), close, false));
                }
            }),
            Timing::PerDay { min, max } => self.daily(task, |this, day, bounds, out| {
                let date = date(day, 2);
                for n in 1..=*max {
                    let label = slot_label(&date, usize::try_from(n).unwrap_or(usize::MAX));
                    let mut turn = this.turn(task, label, bounds, bounds.1, false);
                    turn.optional = n > *min;
                    out.push(turn);
                }
            }),
            // Only the first is known beforehand: each of the others follows from the one before.
            Timing::Every(days) => {
                let first = self.scope.zero_day();
                let due = self.start_of(first.plus(days + 1));
                let turn = self.turn(task, date(first, 0), (self.frame.start, due), due, false);
                (vec![turn], false)
            }
            Timing::Once => self.once(task),
        }
    }

    /// A range of days is one occurrence, due at the end of the last; listed days are one occurrence each.
    fn once(&mut self, task: &'a Task) -> (Vec<Turn<'a>>, bool) {
        let days = match &task.days {
            None => {
                let turn = self.turn(
                    task,
                    String::new(),
                    (self.frame.start, Instant::MAX),
                    Instant::MAX,
                    false,
                );
                return (vec![turn], true);
            }
            Some(days) => days,
        };
        if let Days::List(list) = days
            && list.len() > 1
        {
            return self.daily(task, |this, day, (start, next), out| {
                out.push(this.turn(task, date(day, 0), (start, next), next, false));
            });
        }
        let (first, last) = days.bounds();
        let opens = self.start_of(self.scope.zero_day().plus(first));
        let due = self.start_of(self.scope.zero_day().plus(last + 1));
        (
            vec![self.turn(task, String::new(), (opens, Instant::MAX), due, false)],
            true,
        )
    }

    fn within(&mut self, task: &'a Task, length: &Length, from: Option<&Expr>) -> Turn<'a> {
        let from = match from {
            None => Some(self.frame.start),
            Some(from) => self.moment(from),
        };
        let Some(from) = from else {
            let mut turn = self.turn(
                task,
                String::new(),
                (self.frame.start, Instant::MAX),
                Instant::MAX,
                true,
            );
            turn.waiting = true;
            return turn;
        };
        let (due, inclusive) = match length {
            Length::Ms(ms) => (from.plus_ms(*ms), true),
            Length::Expr(expr) => (self.number(expr).map_or(Instant::MAX, |ms| from.plus_ms(ms)), true),
            Length::Days(n) => (self.start_of(self.planner.day_of(from).plus(n + 1)), false),
        };
        self.turn(task, String::new(), (from, Instant::MAX), due, inclusive)
    }

    fn daily(
        &mut self,
        task: &'a Task,
        mut each: impl FnMut(&Self, Day, (Instant, Instant), &mut Vec<Turn<'a>>),
    ) -> (Vec<Turn<'a>>, bool) {
        let zero = self.scope.zero_day();
        let bounded = task.days.is_some();
        let (mut first, mut last) = match &task.days {
            Some(days) => {
                let (first, last) = days.bounds();
                (zero.plus(first), zero.plus(last))
            }
            // Without a last day a plan looks one day ahead: the next occurrence is seen before it opens.
            None => {
                let last = self.planner.today.plus(self.planner.ahead_days);
                (self.planner.day_of(self.frame.start), last)
            }
        };
        if let Some((from, to)) = self.frame.clip {
            (first, last) = (first.max(from), last.min(to));
        }
        let a_day = match &task.timing {
            Timing::Slots(slots) => slots.len(),
            Timing::PerDay { max, .. } => usize::try_from(*max).unwrap_or(1),
            _ => 1,
        };
        let days = usize::try_from(first.until(last) + 1).unwrap_or(0);
        let mut turns = Vec::with_capacity(days.saturating_mul(a_day).min(MOST_AHEAD));
        let mut day = first;
        let mut start = self.start_of(day);
        let even = self.is_even(first, start, last);
        while day <= last {
            let next = match even {
                true => start.plus_ms(WHOLE_DAY_MS),
                false => self.start_of(day.plus(1)),
            };
            let listed = task.days.as_ref().is_none_or(|days| days.holds(zero.until(day)));
            if listed && self.is_asked_on(task, day, start) {
                each(self, day, (start, next), &mut turns);
            }
            (day, start) = (day.plus(1), next);
        }
        (turns, bounded)
    }

    /// Whether every day of a short span has 24 hours, asked once: clocks do not change there and back in three weeks.
    fn is_even(&self, first: Day, start: Instant, last: Day) -> bool {
        let days = first.until(last) + 1;
        (1..=21).contains(&days) && self.start_of(last.plus(1)).0 - start.0 == days * WHOLE_DAY_MS
    }

    /// A calendar that gives no answer asks: a duty does not fall away by a fault.
    fn is_asked_on(&self, task: &Task, day: Day, start: Instant) -> bool {
        let Some(on_days) = &task.on_days else { return true };
        match self
            .scope
            .holds_with(on_days, "day", Datum::Int(i64::from(day.0)), start)
        {
            Ok(asked) => asked,
            Err(error) => {
                self.planner
                    .fault(self.protocol, Some(self.frame.enrolment), on_days.source(), error);
                true
            }
        }
    }

    fn turn(
        &self,
        task: &Task,
        label: String,
        (opens, close): (Instant, Instant),
        due: Instant,
        inclusive: bool,
    ) -> Turn<'a> {
        let id = self.names.task(&task.id, &label);
        Turn::new(id, label, (opens, close), due, inclusive)
    }

    fn number(&mut self, expr: &Expr) -> Option<i64> {
        let engine = EngineAt {
            tasks: self.before,
            at: self.planner.input.now,
        };
        match self.scope.eval(expr, self.frame.start, Some(&engine)) {
            Ok(value) => value.as_int(),
            Err(error) => {
                self.planner
                    .fault(self.protocol, Some(self.frame.enrolment), expr.source(), error);
                None
            }
        }
    }

    fn moment(&mut self, expr: &Expr) -> Option<Instant> {
        self.number(expr).map(Instant)
    }

    pub fn start_of(&self, day: Day) -> Instant {
        self.planner.input.snapshot.zone.start_of(day)
    }
}

/// The moment of a time of day. The zone is asked only on days that are not 24 hours long.
fn clock_time(planner: &Planner<'_>, day: Day, time: TimeOfDay, (start, next): (Instant, Instant)) -> Instant {
    if next.0 - start.0 == WHOLE_DAY_MS {
        start.plus_ms(i64::from(time.0) * 60_000)
    } else {
        planner.input.snapshot.zone.at(day, time)
    }
}

/// The day as ISO 8601, with room for `more` bytes behind it. A plan writes many, and writing is the whole cost.
fn date(day: Day, more: usize) -> String {
    let (year, month, of_month) = day.ymd();
    let (Ok(year), Ok(month), Ok(of_month)) = (u16::try_from(year), u8::try_from(month), u8::try_from(of_month)) else {
        return day.to_string();
    };
    let mut text = String::with_capacity(10 + more);
    let digit = |n: u16| char::from(b'0' + u8::try_from(n % 10).unwrap_or(0));
    text.extend([
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        '-',
    ]);
    text.extend([digit(u16::from(month) / 10), digit(u16::from(month)), '-']);
    text.extend([digit(u16::from(of_month) / 10), digit(u16::from(of_month))]);
    text
}

/// Day and number of a slot.
fn slot_label(date: &str, n: usize) -> String {
    let mut text = String::with_capacity(date.len() + 2);
    text.push_str(date);
    text.push('/');
    match u8::try_from(n) {
        Ok(n @ 0..=9) => text.push(char::from(b'0' + n)),
        _ => text.push_str(&n.to_string()),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_dates_and_numbers() {
        for text in ["2020-02-06", "1999-12-31", "0001-01-01", "9999-10-10"] {
            let day = Day::parse(text).unwrap();
            assert_eq!(
                (date(day, 0).as_str(), slot_label(text, 12)),
                (text, format!("{text}/12"))
            );
        }
    }
}
