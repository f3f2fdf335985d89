//! How many enrolments of two swabs, one serum test and seven days are planned a second on one core, at day four with
//! all their facts; and, as a floor, a bare loop that touches the same facts. Prints one line of JSON.

#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "shared with the tests, which use all of it"
)]
#[path = "../tests/protocol/world.rs"]
mod world;

use lianfang_kernel::Datum;
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_protocol::{Alone, History, PlanInput, plan};
use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use world::{Story, t};

const PEOPLE: usize = 2_000;
const RUNS: usize = 20;
/// How long a run takes at least: the system tells processor time in ticks of milliseconds.
const LEAST: Duration = Duration::from_millis(400);

fn main() {
    let snapshot = world::world();
    let histories: Vec<History> = (0..PEOPLE)
        .map(|n| {
            let mut story = Story::person(&snapshot, "371702001");
            story.subject.id = SubjectId(derived(&format!("person {n}")));
            story.ordered("m217", "2022-01-20 10:00", "2022-01-20 12:00");
            story.sample("pcr", "2022-01-20 14:00");
            story.sample("pcr", "2022-01-21 15:00");
            story.sample("serum", "2022-01-22 09:00");
            for day in 21..24 {
                story.temperature(&format!("2022-01-{day} 07:00"));
                story.temperature(&format!("2022-01-{day} 17:00"));
            }
            story.temperature("2022-01-24 07:00");
            story.history()
        })
        .collect();
    let now = t("2022-01-24 12:00");
    let made = plan(&PlanInput {
        history: &histories[0],
        others: &Alone,
        snapshot: &snapshot,
        now,
        horizon: None,
    });
    let enrolments = made.enrolments.len();
    let planned = rate(&histories, |history| {
        let plan = plan(&PlanInput {
            history,
            others: &Alone,
            snapshot: &snapshot,
            now,
            horizon: None,
        });
        plan.enrolments
            .iter()
            .map(|enrolment| enrolment.occurrences.len())
            .sum()
    });
    let floor = rate(&histories, |history| {
        let seen = |fact: &lianfang_protocol::Fact| fact.entry.at <= now && fact.record.get("at") != Some(&Datum::Null);
        history.facts.iter().filter(|fact| seen(fact)).count()
    });
    let facts = histories[0].facts.len();
    println!(
        "{{\"bench\":\"planning\",\"facts\":{facts},\"enrolments\":{enrolments},\"subjects_per_s\":{planned:.0},\
         \"enrolments_per_s\":{all:.0},\"floor_subjects_per_s\":{floor:.0}}}",
        all = planned * enrolments as f64
    );
}

/// Calls a second of processor time, of the fastest run.
fn rate(histories: &[History], mut work: impl FnMut(&History) -> usize) -> f64 {
    let mut fastest = 0.0_f64;
    for _ in 0..RUNS {
        let (begun, mut passes) = (spent(), 0_u32);
        let took = loop {
            for history in histories {
                black_box(work(black_box(history)));
            }
            passes += 1;
            let took = spent().saturating_sub(begun);
            if took >= LEAST {
                break took;
            }
        };
        fastest = fastest.max(f64::from(passes) * histories.len() as f64 / took.as_secs_f64());
    }
    fastest
}

/// Processor time of this process where the system tells it, so that a busy machine does not make the planner slow; else
/// the time of the clock.
fn spent() -> Duration {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = told.and_then(|line| line.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| BEGUN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}
