//! The scenario's own idea of the present, moved in step with the server's test clock.

use jiff::{Span, Timestamp, tz::TimeZone};
use lianfang_kernel::Instant;

/// The present of a scenario, in the offset its file is written in.
#[derive(Clone, Debug)]
pub(crate) struct TestClock {
    now: Timestamp,
    zone: TimeZone,
}

impl TestClock {
    /// Stands at an RFC 3339 moment.
    pub(crate) fn at(moment: &str) -> Result<Self, String> {
        let pieces = jiff::fmt::temporal::DateTimeParser::new()
            .parse_pieces(moment)
            .map_err(|error| format!("`{moment}`: {error}"))?;
        let zone = match pieces.to_numeric_offset() {
            Some(offset) => TimeZone::fixed(offset),
            None => TimeZone::UTC,
        };
        let now = moment.parse().map_err(|error| format!("`{moment}`: {error}"))?;
        Ok(Self { now, zone })
    }

    /// Moves forward by an ISO 8601 duration; days and longer are civil ones.
    pub(crate) fn advance(&mut self, duration: &str) -> Result<(), String> {
        let span: Span = duration.parse().map_err(|error| format!("`{duration}`: {error}"))?;
        let moved = self.now.to_zoned(self.zone.clone()).checked_add(span);
        self.now = moved.map_err(|error| format!("`{duration}`: {error}"))?.timestamp();
        Ok(())
    }

    /// Milliseconds, for identifiers.
    pub(crate) fn instant(&self) -> Instant {
        Instant(self.now.as_millisecond())
    }

    /// RFC 3339 in the scenario's offset.
    pub(crate) fn text(&self) -> String {
        self.now
            .to_zoned(self.zone.clone())
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    }

    /// The civil day in the scenario's offset.
    pub(crate) fn day(&self) -> String {
        self.now.to_zoned(self.zone.clone()).date().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_the_offset_it_was_set_in() {
        let mut clock = TestClock::at("2022-01-20T23:30:00+08:00").unwrap();
        assert_eq!(clock.text(), "2022-01-20T23:30:00+08:00");
        clock.advance("PT1H").unwrap();
        assert_eq!(
            (clock.text().as_str(), clock.day().as_str()),
            ("2022-01-21T00:30:00+08:00", "2022-01-21")
        );
        clock.advance("P1D").unwrap();
        assert_eq!(clock.day(), "2022-01-22");
        assert_eq!(clock.instant(), Instant::parse("2022-01-22T00:30:00+08:00").unwrap());
    }

    #[test]
    fn what_is_no_moment_or_duration_is_an_error() {
        assert!(TestClock::at("yesterday").is_err());
        assert!(
            TestClock::at("2022-01-20T08:00:00+08:00")
                .unwrap()
                .advance("soon")
                .is_err()
        );
    }
}
