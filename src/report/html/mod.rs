//! The report as one page for a browser: it loads nothing, runs but its own script, and says the essentials without it.

mod block;
mod causes;
mod chart;
mod flow;
mod incidents;
mod journeys;
mod lines;
mod page;
mod settings;
mod timelines;

use super::colours::COLOURS;
use super::run::Run;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, UndefinedBehavior, value::Serde};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{self, Write};

/// The script, in the order in which its parts need one another.
const SCRIPT: &str = concat!(
    "'use strict';\n",
    include_str!("script/data.js"),
    include_str!("script/filters.js"),
    include_str!("script/list.js"),
    include_str!("script/journey.js"),
    include_str!("script/start.js"),
);
/// The templates; the page includes the others.
const TEMPLATES: [(&str, &str); 8] = [
    ("page.html", include_str!("page.html")),
    ("summary.html", include_str!("summary.html")),
    ("settings.html", include_str!("settings.html")),
    ("chart.html", include_str!("chart.html")),
    ("flow.html", include_str!("flow.html")),
    ("incidents.html", include_str!("incidents.html")),
    ("journeys.html", include_str!("journeys.html")),
    ("sources.html", include_str!("sources.html")),
];

/// How much of a run the page holds.
#[derive(Clone, Copy)]
struct Limits {
    /// Mails of the list that is filtered and sorted.
    rows: usize,
    /// Mails whose timeline is told with the lines of the sources.
    timelines: usize,
    /// Failed mails of the table that needs no script.
    plain: usize,
}

const LIMITS: Limits = Limits { rows: 100_000, timelines: 5_000, plain: 200 };

/// Writes the page; tells what it does not hold.
pub fn write(run: Run<'_>, out: &mut dyn Write) -> io::Result<Vec<String>> {
    write_with(run, LIMITS, out)
}

fn write_with(run: Run<'_>, limits: Limits, out: &mut dyn Write) -> io::Result<Vec<String>> {
    let order = journeys::order(run);
    let listed = order.get(..limits.rows).unwrap_or(&order);
    let told = listed.get(..limits.timelines).unwrap_or(listed);
    let remarks = remarks(order.len(), listed.len(), told.len());
    let style = style();
    let page = page::Page::of(run, &order, limits, &remarks, page::Code { style: &style, policy: policy(&style) });
    out.write_all(rendered(&page).map_err(io::Error::other)?.as_bytes())?;
    block::write("journeys-data", &journeys::Data::of(run, listed), out)?;
    block::write("timelines-data", &timelines::of(run, told)?, out)?;
    writeln!(out, "<script>{SCRIPT}</script>\n</body>\n</html>")?;
    Ok(remarks)
}

fn remarks(all: usize, listed: usize, told: usize) -> Vec<String> {
    let mut remarks = Vec::new();
    if listed < all {
        let what = format!("the list holds the first {listed} of {all} mails, those that did not arrive first");
        remarks.push(format!("{what}; the sums, charts and incidents speak of all, -o journeys.csv or .parquet lists all"));
    }
    if told < listed {
        let what = format!("the timelines of the first {told} mails are told, those that did not arrive first");
        remarks.push(format!("{what}; of the others the places of their lines, 'sostrace timeline' tells the rest"));
    }
    remarks
}

fn rendered(page: &page::Page<'_>) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        templates.add_template(name, source)?;
    }
    templates.get_template("page.html")?.render(Serde(page))
}

/// The style, with the colours that all reports have.
fn style() -> String {
    let mut colours = String::from(":root {");
    for (verdict, colour) in COLOURS {
        let _ = write!(colours, " --{verdict}: #{colour:06x};");
    }
    colours.push_str(" }\n");
    for (verdict, _) in COLOURS {
        let _ = writeln!(colours, ".v-{verdict} {{ --verdict: var(--{verdict}); }}");
    }
    colours + include_str!("style.css")
}

/// What the browser may load and run: the style and the script of these bytes, and nothing else from anywhere.
fn policy(style: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
    let own = format!("script-src {}; style-src {}", hash(SCRIPT), hash(style));
    format!("default-src 'none'; {own}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
}

#[cfg(test)]
mod tests;
