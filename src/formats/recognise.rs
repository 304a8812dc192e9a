//! Which format a text has, whatever stands around it.

use super::{Claim, Format, HEAD, REGISTRY, Settings, exchange};
use crate::source::{lines, plain, unwrap, without_above};
use std::borrow::Cow;

/// Layers that are taken off at most, such as an indent inside of a quoted mail.
const LAYERS: usize = 3;
/// Written lines above a log: a title, a prompt, a warning.
const ABOVE: usize = 4;
/// What is found below other lines must be sure.
const SURE: u8 = 70;

/// A text that a format claims.
pub struct Recognised<'t> {
    /// The format.
    pub format: &'static dyn Format,
    /// Its claim.
    pub claim: Claim,
    /// The text as the format reads it, line by line that of the file.
    pub text: Cow<'t, str>,
    /// What was taken off, with its line.
    pub notes: Vec<(u32, String)>,
    /// A line above the log says that it is not whole.
    pub cut: bool,
}

/// The format that claims a text most surely: as it stands, without what was put around it, or below other lines.
#[must_use]
pub fn recognise<'t>(text: &'t str, settings: &Settings) -> Option<Recognised<'t>> {
    let (mut text, mut notes) = (Cow::Borrowed(text), Vec::new());
    if let Some(layer) = plain(&text) {
        (text, notes) = (Cow::Owned(layer.text), vec![(1, layer.note.to_owned())]);
    }
    for _ in 0..=LAYERS {
        if let Some((format, claim)) = claimed(&text, settings) {
            return Some(Recognised { format, claim, text, notes, cut: false });
        }
        if let Some(found) = below(&text, &notes, settings) {
            return Some(found);
        }
        let layer = unwrap(&text)?;
        text = Cow::Owned(layer.text);
        notes.push((1, layer.note.to_owned()));
    }
    None
}

/// The format of what stands below the first lines.
fn below<'t>(text: &str, notes: &[(u32, String)], settings: &Settings) -> Option<Recognised<'t>> {
    let head = head_of(text);
    let written = || lines(head).filter(|(_, line)| !line.trim().is_empty()).take(ABOVE + 1);
    let found = written().skip(1).find_map(|(first, _)| {
        let (format, claim) = claimed(&without_above(head, first), settings).filter(|(_, claim)| claim.confidence >= SURE)?;
        Some((first, format, claim))
    });
    let (first, format, claim) = found?;
    let mut notes = notes.to_vec();
    notes.push((1, format!("what stands above line {first} is none of the log: it is left out, a guess")));
    let cut = written().take_while(|(number, _)| *number < first).find(|(_, line)| exchange::says_more(line));
    notes.extend(cut.map(|(number, _)| (number, exchange::MORE_RESULTS.to_owned())));
    Some(Recognised { format, claim, text: Cow::Owned(without_above(text, first)), notes, cut: cut.is_some() })
}

fn claimed(text: &str, settings: &Settings) -> Option<(&'static dyn Format, Claim)> {
    let head = head_of(text);
    let claims = REGISTRY.iter().filter_map(|format| Some((*format, format.recognise_with(head, settings)?)));
    claims.max_by(|a, b| a.1.confidence.cmp(&b.1.confidence).then(b.0.id().cmp(a.0.id())))
}

/// Beginning of a text, cut at a character.
fn head_of(text: &str) -> &str {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample as people hand it in.
    type Wrap = fn(&str) -> String;

    fn each(sample: &str, change: &dyn Fn(&str) -> String) -> String {
        lines(sample).map(|(_, line)| change(line) + "\n").collect()
    }

    const WRAPS: &[(&str, Wrap)] = &[
        ("an answer", |sample| each(sample, &|line| format!("> {line}"))),
        ("an answer to an answer", |sample| each(sample, &|line| format!("> > {line}"))),
        ("an indent", |sample| each(sample, &|line| format!("    {line}"))),
        ("one column of a spreadsheet", |sample| each(sample, &|line| format!("\"{}\"", line.replace('"', "\"\"")))),
        ("an old system", |sample| each(sample, &str::to_owned).replace('\n', "\r")),
        ("a page", |sample| {
            let escaped = sample.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            format!("<html><body><pre>{escaped}</pre></body></html>")
        }),
        ("a title", |sample| format!("Export of the night\n\n{sample}")),
        ("a prompt", |sample| format!("PS C:\\Users\\admin> Get-It | Out-File it.txt\nWARNING: something\n\n{sample}")),
    ];

    #[test]
    fn what_stands_around_a_sample_hides_it_from_none() {
        let mut hidden = Vec::new();
        for owner in REGISTRY {
            for (at, sample) in owner.samples().iter().enumerate() {
                for (name, wrap) in WRAPS {
                    let wrapped = wrap(sample);
                    let found = recognise(&wrapped, &Settings::default()).map(|found| found.format.id());
                    if found != Some(owner.id()) {
                        hidden.push(format!("{} {at} in {name}: {found:?}", owner.id()));
                    }
                }
            }
        }
        assert!(hidden.is_empty(), "{}", hidden.join("\n"));
    }
}
