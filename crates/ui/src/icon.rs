//! The few icons, drawn inline. Each stands beside a word and is hidden from screen readers.

use maud::{Markup, html};

/// A picture of sixteen units square, in the colour of the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Clock: due.
    Due,
    /// Triangle: late.
    Late,
    /// Tick: done.
    Done,
    /// Dashed ring: unknown.
    Unknown,
    /// Tasks.
    Today,
    /// Registers.
    Registers,
    /// Files.
    Files,
    /// Situation.
    Situation,
    /// Briefings.
    Briefings,
    /// Settings.
    Settings,
    /// Magnifier.
    Search,
    /// Corners of a viewfinder.
    Scan,
    /// Keyboard.
    Keys,
    /// A sheet with lines.
    Paper,
    /// Two people.
    Helper,
    /// An arrow that turns back.
    Return,
    /// Two bars: wait.
    Hold,
}

impl Icon {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Icon::Due => "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.4V8l2.6 1.7",
            Icon::Late => "M8 2.2 14.6 13.6H1.4zM8 6.4v3.4M8 11.5v.6",
            Icon::Done => "M2.6 8.6 6.3 12.2 13.6 4.2",
            Icon::Unknown => "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2",
            Icon::Today => "M2.5 4 4 5.4 6.4 2.6M2.5 11 4 12.4 6.4 9.6M9 4.2h5M9 11.2h5",
            Icon::Registers => "M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6 2.5v11",
            Icon::Files => "M1.8 4.2h4.4l1.4 1.6h6.6v7.4H1.8z",
            Icon::Situation => "M2 13.8h12M3.6 13.4V9.2M6.6 13.4V4.6M9.6 13.4V6.8M12.6 13.4V2.4",
            Icon::Briefings => "M3.4 1.8h6.4l2.8 2.8v9.6H3.4zM5.6 6.6h4.8M5.6 9h4.8M5.6 11.4h3",
            Icon::Settings => "M2 4.6h7.2M12 4.6h2M2 11.4h2M6.8 11.4H14M9.2 3v3.2H12V3zM4 9.8V13h2.8V9.8z",
            Icon::Scan => "M2 5.4V2h3.4M10.6 2H14v3.4M14 10.6V14h-3.4M5.4 14H2v-3.4M4.4 8h7.2",
            Icon::Keys => "M1.5 4h13v8h-13zM4 6.6h.2M6.6 6.6h.2M9.2 6.6h.2M11.8 6.6h.2M5 9.6h6",
            Icon::Paper => "M3.4 1.8h9.2v12.4H3.4zM6 5h4M6 8h4M6 11h2.4",
            Icon::Helper => {
                "M5.4 7a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4M1.8 13.4c0-3 1.4-4.4 3.6-4.4S9 10.4 9 13.4M10.4 7.4a2 2 0 1 0 0-4M11 9.2c2 0 3.2 1.4 3.2 4.2"
            }
            Icon::Return => "M13.4 12.4c0-3.4-1.6-5.6-4.6-5.6H2.6M5.8 3.6 2.6 6.8 5.8 10",
            Icon::Hold => "M5.4 3v10M10.6 3v10",
            Icon::Search => "M7 2.4a4.6 4.6 0 1 0 0 9.2 4.6 4.6 0 0 0 0-9.2M10.4 10.4 14 14",
        }
    }
}

/// The drawing of `icon`.
pub fn icon(icon: Icon) -> Markup {
    let class = if icon == Icon::Unknown { "icon dashed" } else { "icon" };
    html! {
        svg class=(class) viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            path d=(icon.path()) {}
        }
    }
}
