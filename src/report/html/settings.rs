//! Settings that the logs show to be wrong or risky, whatever became of the mails.

use crate::report::clean;
use crate::report::run::Run;
use crate::settings::Setting;
use serde::Serialize;

/// A setting, with the first thing to do and the lines that show it.
#[derive(Serialize)]
pub struct Line {
    rule: String,
    title: String,
    text: String,
    places: String,
    owner: String,
    remedy: String,
}

/// All settings, by rule.
pub fn lines(run: Run<'_>) -> Vec<Line> {
    run.analysis.settings.iter().filter_map(|setting| line(run, setting)).collect()
}

fn line(run: Run<'_>, setting: &Setting) -> Option<Line> {
    let rule = run.rule(setting.rule)?;
    Some(Line {
        rule: clean(&rule.id),
        title: clean(&rule.title),
        text: clean(&setting.text),
        places: clean(&run.places(&setting.records)),
        owner: clean(&rule.owner),
        remedy: rule.remedy.first().map_or_else(String::new, |first| clean(&first.text)),
    })
}
