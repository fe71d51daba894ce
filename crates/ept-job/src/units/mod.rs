//! Work units as files: each a part with a receipt, which are put together at the end.

mod division;
mod merge;
mod part;
mod receipt;

pub use division::{units, write_units};
pub use merge::{Merge, Merged};
pub use part::write_unit;
pub use receipt::Receipt;
