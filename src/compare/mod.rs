//! Two runs compared, journey by journey: what got fixed, what is new, what still fails.

mod change;
mod json;
mod pair;
mod parquet;
mod read;
mod result;
mod summary;
mod table;

pub use change::{Change, Class, Comparison, compare};
pub use json::write as json;
pub use read::{CompareError, read};
pub use result::{Journey, Results};
pub use summary::summary;
pub use table::{CHANGES, table};
