//! What the server counts about itself, as OpenMetrics text. No name, number, path or address is among it.

use lianfang_ledger::read::MessageTally;
use lianfang_ledger::wire::Status;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram of answer times, in milliseconds.
const BOUNDS_MS: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: [AtomicU64; 5],
    shed: AtomicU64,
    buckets: [AtomicU64; BOUNDS_MS.len() + 1],
    micros: AtomicU64,
    accepted: AtomicU64,
    flagged: AtomicU64,
    refused: AtomicU64,
    tray: AtomicU64,
    panics: AtomicU64,
}

fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

impl Metrics {
    /// An answer of that status after that time.
    pub(crate) fn answered(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        if let Some(counter) = self.requests.get(class) {
            add(counter, 1);
        }
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_MS
            .iter()
            .position(|bound| ms <= *bound)
            .unwrap_or(BOUNDS_MS.len());
        if let Some(counter) = self.buckets.get(bucket) {
            add(counter, 1);
        }
        add(&self.micros, u64::try_from(took.as_micros()).unwrap_or(0));
    }

    /// An entry was judged.
    pub(crate) fn entry(&self, status: Status) {
        let counter = match status {
            Status::Accepted => &self.accepted,
            Status::Flagged => &self.flagged,
            Status::Refused => &self.refused,
            Status::Tray => &self.tray,
        };
        add(counter, 1);
    }

    /// A request was turned away under load.
    pub(crate) fn shed(&self) {
        add(&self.shed, 1);
    }

    /// A request ended in a panic.
    pub(crate) fn panicked(&self) {
        add(&self.panics, 1);
    }

    /// As OpenMetrics text.
    pub fn to_openmetrics(&self, queue_free: usize, size_bytes: Option<u64>, messages: &[MessageTally]) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text, queue_free, size_bytes);
        let _ = write_messages(&mut text, messages);
        text.push_str("# EOF\n");
        text
    }

    fn write(&self, text: &mut String, queue_free: usize, size_bytes: Option<u64>) -> std::fmt::Result {
        writeln!(text, "# TYPE lianfang_http_requests counter")?;
        for (class, counter) in self.requests.iter().enumerate() {
            writeln!(
                text,
                "lianfang_http_requests_total{{status=\"{}xx\"}} {}",
                class + 1,
                get(counter)
            )?;
        }
        writeln!(
            text,
            "# TYPE lianfang_http_seconds histogram\n# UNIT lianfang_http_seconds seconds"
        )?;
        let mut sum = 0;
        for (bucket, counter) in self.buckets.iter().enumerate() {
            sum += get(counter);
            match BOUNDS_MS.get(bucket) {
                Some(ms) => {
                    let bound = Duration::from_millis(*ms).as_secs_f64();
                    writeln!(text, "lianfang_http_seconds_bucket{{le=\"{bound}\"}} {sum}")?;
                }
                None => writeln!(text, "lianfang_http_seconds_bucket{{le=\"+Inf\"}} {sum}")?,
            }
        }
        let seconds = Duration::from_micros(get(&self.micros)).as_secs_f64();
        writeln!(
            text,
            "lianfang_http_seconds_count {sum}\nlianfang_http_seconds_sum {seconds}"
        )?;
        writeln!(text, "# TYPE lianfang_entries counter")?;
        let statuses = [
            ("accepted", &self.accepted),
            ("flagged", &self.flagged),
            ("refused", &self.refused),
            ("tray", &self.tray),
        ];
        for (status, counter) in statuses {
            writeln!(text, "lianfang_entries_total{{status=\"{status}\"}} {}", get(counter))?;
        }
        for (name, counter) in [("lianfang_shed", &self.shed), ("lianfang_panics", &self.panics)] {
            writeln!(text, "# TYPE {name} counter\n{name}_total {}", get(counter))?;
        }
        writeln!(
            text,
            "# TYPE lianfang_writer_queue_free gauge\nlianfang_writer_queue_free {queue_free}"
        )?;
        if let Some(bytes) = size_bytes {
            writeln!(
                text,
                "# TYPE lianfang_store_bytes gauge\n# UNIT lianfang_store_bytes bytes"
            )?;
            writeln!(text, "lianfang_store_bytes {bytes}")?;
        }
        Ok(())
    }
}

/// Messages of the last fourteen days by channel and state.
fn write_messages(text: &mut String, messages: &[MessageTally]) -> std::fmt::Result {
    if messages.is_empty() {
        return Ok(());
    }
    writeln!(text, "# TYPE lianfang_messages gauge")?;
    for MessageTally { channel, state, n } in messages {
        writeln!(text, "lianfang_messages{{channel=\"{channel}\",state=\"{state}\"}} {n}")?;
    }
    Ok(())
}
