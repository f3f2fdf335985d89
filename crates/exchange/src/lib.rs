//! Sheets and line lists in and out: CSV, XLSX and JSON Lines; results of laboratories in HL7 v2 and FHIR. Works on bytes; the file system stays at the edge.
//!
//! Importing is four steps, each of which may find faults and none of which stops at the first:
//!
//! 1. [`read_sheet`] tells the format, the characters and the separator, and yields rows with their line numbers.
//! 2. [`Mapping`] says which column is which field: from a file, or [`Mapping::guess`] by titles.
//! 3. [`Plan::read_row`] turns a row into typed JSON by the [`CellKind`] of each field.
//! 4. Rows that did not fit go into an [`ErrorSheet`], are corrected there and sent again.
//!
//! ```
//! use lianfang_exchange::{CellKind, FieldSpec, Mapping, SheetHint, read_sheet};
//! use lianfang_kernel::{Words, Zone};
//!
//! let fields = [
//!     FieldSpec::new("name", Words::new("姓名", "Name"), CellKind::Name),
//!     FieldSpec::new("arrived_on", Words::new("到达日期", "Arrived on"), CellKind::Date),
//! ];
//! let sheet = read_sheet("姓名;到达日期\n张三;2020年2月5日\n".as_bytes(), &SheetHint::default()).unwrap();
//! let mapping = Mapping::guess(sheet.header(), &fields);
//! let plan = mapping.bind(sheet.header(), &fields, &Zone::china()).unwrap();
//! for row in sheet {
//!     let body = plan.read_row(&row.unwrap()).unwrap();
//!     assert_eq!(body["arrived_on"], "2020-02-05");
//! }
//! ```
//!
//! To read one more format: a file that yields `RawRow`s beside `delimited.rs`, an arm in `sheet.rs`, and the same
//! tests as the others have: broken bytes, too large, ragged.

mod cell;
mod cell_time;
mod charset;
mod delimited;
mod error_sheet;
mod fhir;
mod graph_ml;
mod hl7;
mod json_lines;
mod lab;
mod mapping;
mod mapping_guess;
mod mapping_plan;
mod misfit;
mod regions;
mod sheet;
mod workbook;
mod workbook_writer;
mod write;

pub use cell::{CellError, CellKind, parse_cell, parse_cell_in};
pub use cell_time::DateOrder;
pub use charset::decode;
pub use error_sheet::{ErrorSheet, LINE_COLUMNS, REASON_COLUMNS};
pub use graph_ml::{GraphEdge, GraphKey, GraphNode, graph_ml};
pub use mapping::{ColumnMap, Combine, Mapping};
pub use mapping_plan::{FieldSpec, Plan};
pub use misfit::Misfit;
pub use regions::{RegionImport, RegionRow, read_region_files, read_regions};
pub use sheet::{BadRow, SheetError, SheetFormat, SheetHint, SheetReader, SheetRow, read_sheet};
pub use write::{ColumnKind, SheetColumn, SheetWriter, WriteError, WriteOptions};
