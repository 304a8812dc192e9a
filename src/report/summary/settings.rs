//! Settings that the logs show to be wrong or risky, whatever became of the mails.

use super::Style;
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::rules::Catalogue;

/// A line for each setting, at the end of the incidents; the table of findings has the records, `explain` the remedy.
pub fn section(analysis: &Analysis, catalogue: &Catalogue, style: &Style) -> String {
    let mut out = if analysis.settings.is_empty() || !analysis.incidents.is_empty() {
        String::new()
    } else {
        format!("\n{}", style.heading("Settings"))
    };
    for setting in &analysis.settings {
        let id = analysis.reading.store.text(setting.rule);
        let Some(rule) = catalogue.get(id) else { continue };
        let text = format!("setting ({}): {}: {}", rule.owner, rule.title, clean(&setting.text));
        out.push_str(&style.wrap(&format!("{id:<5}"), "     ", &text));
    }
    out
}
