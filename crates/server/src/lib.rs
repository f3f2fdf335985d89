//! HTTP, pages, jobs.
