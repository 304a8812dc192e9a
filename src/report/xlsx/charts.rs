//! Charts of the summary: Excel draws them itself.

use crate::report::colours::COLOURS;
use crate::report::hours::Hours;
use rust_xlsxwriter::{Chart, ChartType, Color};

/// Name of the sheet that holds the data.
const SHEET: &str = "Summary";

/// Mails by time, a colour for each verdict; the table begins at a row, its times in the first column.
pub fn by_time(hours: &Hours, first: u32, last: u32) -> Chart {
    let mut chart = Chart::new(ChartType::ColumnStacked);
    for (column, verdict) in (1u16..).zip(&hours.verdicts) {
        let colour = COLOURS.iter().find(|(word, _)| *word == verdict.word()).map_or(0, |(_, colour)| *colour);
        chart
            .add_series()
            .set_name(verdict.word())
            .set_categories((SHEET, first, 0, last, 0))
            .set_values((SHEET, first, column, last, column))
            .set_format(
                rust_xlsxwriter::ChartFormat::new().set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(Color::RGB(colour))),
            )
            .set_gap(20);
    }
    chart.title().set_name(&format!("Mails per {} by verdict (UTC)", hours.unit));
    chart.x_axis().set_num_format(if hours.unit == "hour" { "mm-dd hh:mm" } else { "yyyy-mm-dd" });
    chart.set_width(900).set_height(340);
    chart
}

/// Failed mails of each cause.
pub fn causes(first: u32, last: u32) -> Chart {
    let mut chart = Chart::new(ChartType::Bar);
    chart.add_series().set_name("mails").set_categories((SHEET, first, 0, last, 0)).set_values((SHEET, first, 1, last, 1)).set_gap(30);
    chart.title().set_name("Failed mails by cause");
    chart.legend().set_hidden();
    // The most frequent cause stands at the top.
    chart.y_axis().set_reverse();
    chart.set_width(900).set_height(340);
    chart
}
