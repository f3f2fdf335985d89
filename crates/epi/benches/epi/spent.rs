//! Wall time and seconds of processor, and the memory that was needed at most.

use std::ops::{Add, AddAssign};
use std::time::Instant as Clock;

/// What a piece of work took, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    wall: f64,
    processor: f64,
}

impl Spent {
    /// Of one piece of work.
    pub fn on(work: impl FnOnce()) -> Spent {
        let (clock, processor) = (Clock::now(), processor_seconds());
        work();
        Spent {
            wall: clock.elapsed().as_secs_f64(),
            processor: processor_seconds() - processor,
        }
    }

    /// Of work that is repeated: the median wall time, and the mean of the processor's, whose clock ticks a hundred times a
    /// second.
    pub fn median(times: u32, work: impl Fn()) -> Spent {
        work();
        let mut all: Vec<Spent> = (0..times).map(|_| Spent::on(&work)).collect();
        all.sort_by(|a, b| a.wall.total_cmp(&b.wall));
        Spent {
            wall: all[all.len() / 2].wall,
            processor: all.iter().map(|one| one.processor).sum::<f64>() / f64::from(times),
        }
    }

    /// Both, as members of an object.
    pub fn json(&self, name: &str) -> String {
        format!("\"{name}_s\":{:.4},\"{name}_cpu_s\":{:.4}", self.wall, self.processor)
    }
}

impl Add for Spent {
    type Output = Spent;

    fn add(self, other: Spent) -> Spent {
        Spent {
            wall: self.wall + other.wall,
            processor: self.processor + other.processor,
        }
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Spent) {
        *self = *self + other;
    }
}

/// Seconds of user and system, where the system tells them in ticks of a hundredth.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = |at: usize| stat.split(' ').nth(at).and_then(|text| text.parse::<f64>().ok());
    match (ticks(13), ticks(14)) {
        (Some(user), Some(system)) => (user + system) / 100.0,
        _ => f64::NAN,
    }
}

/// Greatest resident memory so far, in megabytes.
pub fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|text| text.trim().trim_end_matches("kB").trim().parse::<f64>().ok())
        .map_or(f64::NAN, |kb| kb / 1024.0)
}
