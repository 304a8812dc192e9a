//! What a statement about one customer's mails rests on.

use super::Style;
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::report::tables::covers;

/// Hashes of what was read and for which mails it can be trusted, where `--recipient-domain` asks for one customer.
pub fn section(analysis: &Analysis, style: &Style) -> String {
    let Some(heading) = heading(analysis) else { return String::new() };
    let mut out = format!("\n{}", style.heading(&heading));
    for (what, text) in statement(analysis) {
        out.push_str(&style.wrap(&format!("  {what}  "), "      ", &text));
    }
    out
}

/// For whom the statement is; nobody without `--recipient-domain`.
pub fn heading(analysis: &Analysis) -> Option<String> {
    let domains = &analysis.recipient_domains;
    (!domains.is_empty()).then(|| clean(&format!("What is said about {} rests on", domains.join(", "))))
}

/// Each source with its hash and coverage, and how many mails could not be told.
pub fn statement(analysis: &Analysis) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for (source, coverage) in analysis.reading.sources.iter().zip(&analysis.alignment.coverage) {
        out.push((clean(&source.label), clean(&format!("SHA-256 {}, {}", source.sha256, covers(source, coverage)))));
    }
    let unclear = analysis.left_out.unclear;
    if unclear > 0 {
        let text = format!("of {unclear} more mails the recipient is unknown or cut off: they may be to this domain, and are left out");
        out.push(("not told".to_owned(), text));
    }
    out
}
