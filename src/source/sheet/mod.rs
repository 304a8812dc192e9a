//! Tables that are no text: workbooks, HTML and MHTML exports become text with tabs, one line a row, so that every
//! format that reads such text reads them too (sost.md section 1.4).

mod entities;
mod html;
mod mhtml;
mod tabs;
mod xlsx;

pub use entities::decoded;

use super::{Encoding, Limits};
use tabs::TabText;

/// One table as text.
#[derive(Debug)]
pub struct Sheet {
    /// Name inside the file.
    pub name: String,
    /// A line for each row, tabs between cells.
    pub text: String,
    /// The form it was taken from: `XLSX`, `HTML (windows-1252)`.
    pub encoding: Encoding,
    /// What was taken and what was lost.
    pub notes: Vec<String>,
}

/// The tables of a file that have rows; `None` when it has none of these forms, an error when it has and cannot be read.
#[must_use]
pub fn sheets(bytes: &[u8], explicit: Option<&'static encoding_rs::Encoding>) -> Option<Result<Vec<Sheet>, String>> {
    if bytes.starts_with(b"PK\x03\x04") {
        return xlsx::sheets(bytes, &Limits::default());
    }
    mhtml::sheets(bytes, explicit).or_else(|| html::sheets(bytes, None, explicit)).map(Ok)
}

impl Sheet {
    /// Its name as part of a path.
    #[must_use]
    pub fn file_name(&self, number: usize) -> String {
        let name: String = self.name.chars().map(|c| if matches!(c, '/' | '\\') || c.is_control() { '_' } else { c }).collect();
        if matches!(name.trim(), "" | "." | "..") { format!("sheet {number}") } else { name }
    }

    fn new(name: String, tabs: TabText, encoding: Encoding, note: Option<String>) -> Self {
        let lost = tabs.lost().map(str::to_owned);
        Self { name, encoding, notes: note.into_iter().chain(lost).collect(), text: tabs.into_text() }
    }
}
