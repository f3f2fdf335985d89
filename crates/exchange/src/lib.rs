//! Sheets and line lists in and out: CSV, XLSX, JSON Lines. Pure.
