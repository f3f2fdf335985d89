//! The parts that pages are made of: marks, values, fields, lists.

pub mod clock;
pub mod code128;
pub mod desks;
pub mod field;
pub mod form;
pub mod hold;
pub mod kept;
pub mod likely;
pub mod mark;
pub mod region;
pub mod table;
pub mod task;
pub mod unmask;
pub mod value;
