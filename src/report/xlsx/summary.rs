//! The first sheet: sums, charts, what to export next, what made the workbook.

use super::charts;
use super::sheet::Look;
use super::value::{date, fitting, whole};
use crate::report::clean;
use crate::report::counts::counts;
use crate::report::export::gaps;
use crate::report::hours::hours;
use crate::report::run::Run;
use crate::report::summary::proof;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

/// Column of the charts.
const CHARTS: u16 = 4;
/// Causes that a chart shows.
const CAUSES: usize = 20;

/// Where the next row goes.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    look: Look,
}

impl Page<'_> {
    fn heading(&mut self, texts: &[&str]) -> Result<(), XlsxError> {
        self.row += 1;
        for (at, text) in (0u16..).zip(texts) {
            self.sheet.write_string_with_format(self.row, at, *text, &self.look.head)?;
        }
        self.row += 1;
        Ok(())
    }

    fn count(&mut self, name: &str, count: usize, note: &str) -> Result<(), XlsxError> {
        self.sheet.write_string(self.row, 0, fitting(&clean(name)).0)?;
        self.sheet.write_number(self.row, 1, whole(i64::try_from(count).unwrap_or(i64::MAX)))?;
        self.sheet.write_string(self.row, 2, note)?;
        self.row += 1;
        Ok(())
    }

    fn text(&mut self, texts: &[&str]) -> Result<(), XlsxError> {
        for (at, text) in (0u16..).zip(texts) {
            self.sheet.write_string(self.row, at, fitting(&clean(text)).0)?;
        }
        self.row += 1;
        Ok(())
    }
}

/// Fills the sheet.
pub fn fill(sheet: &mut Worksheet, run: Run<'_>, remarks: &[String]) -> Result<(), XlsxError> {
    let title = format!("What became of {} mails", run.analysis.journeys.len());
    sheet.write_string_with_format(0, 0, title, &Format::new().set_bold().set_font_size(16))?;
    for (at, width) in [(0, 30), (1, 12), (2, 60)] {
        sheet.set_column_width(at, width)?;
    }
    let mut page = Page { sheet, row: 1, look: Look::new() };
    for remark in remarks {
        page.text(&[remark])?;
    }
    sums(&mut page, run)?;
    by_time(&mut page, run)?;
    rest(&mut page, run)
}

fn sums(page: &mut Page<'_>, run: Run<'_>) -> Result<(), XlsxError> {
    let counts = counts(run);
    page.heading(&["ended", "mails"])?;
    for (verdict, count) in &counts.verdicts {
        page.count(verdict.word(), *count, "")?;
    }
    page.heading(&["to do", "mails"])?;
    for (action, count) in &counts.actions {
        page.count(action.word(), *count, "")?;
    }
    if counts.causes.is_empty() {
        return Ok(());
    }
    page.heading(&["cause", "mails", "title"])?;
    let first = page.row;
    for (cause, count) in &counts.causes {
        page.count(cause, *count, run.catalogue.get(cause).map_or("", |rule| &rule.title))?;
    }
    let shown = u32::try_from(counts.causes.len().min(CAUSES)).unwrap_or(1);
    page.sheet.insert_chart(20, CHARTS, &charts::causes(first, first + shown - 1))?;
    Ok(())
}

fn by_time(page: &mut Page<'_>, run: Run<'_>) -> Result<(), XlsxError> {
    let hours = hours(run);
    if hours.bars.is_empty() {
        return Ok(());
    }
    let from = format!("mails per {} from (UTC)", hours.unit);
    page.heading(&[&[from.as_str()], hours.verdicts.iter().map(|verdict| verdict.word()).collect::<Vec<_>>().as_slice()].concat())?;
    let first = page.row;
    for (at, mails) in &hours.bars {
        page.sheet.write_number_with_format(page.row, 0, date(*at).unwrap_or(0.0), &page.look.time)?;
        for (column, count) in (1u16..).zip(mails) {
            page.sheet.write_number(page.row, column, whole(i64::try_from(*count).unwrap_or(i64::MAX)))?;
        }
        page.row += 1;
    }
    page.sheet.insert_chart(1, CHARTS, &charts::by_time(&hours, first, page.row - 1))?;
    Ok(())
}

/// What to export next, and what the workbook rests on.
fn rest(page: &mut Page<'_>, run: Run<'_>) -> Result<(), XlsxError> {
    let gaps = gaps(run.analysis);
    if !gaps.is_empty() {
        page.heading(&["what no log covers", "", "what to export next"])?;
    }
    for gap in gaps {
        page.text(&[&gap.what, "", &gap.export])?;
    }
    page.heading(&["made by", "", ""])?;
    page.text(&["version", "", &format!("sostrace {}", env!("CARGO_PKG_VERSION"))])?;
    page.text(&["command", "", run.command])?;
    page.text(&["rules (SHA-256)", "", &run.rules_hash()])?;
    if !run.analysis.recipient_domains.is_empty() {
        page.heading(&["only mails to", "", &run.analysis.recipient_domains.join(", ")])?;
        for (what, text) in proof::statement(run.analysis) {
            page.text(&[&what, "", &text])?;
        }
    }
    Ok(())
}
