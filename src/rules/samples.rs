//! The promise of the catalogue: every sample of every rule gives the rule it names.

use super::catalogue::Catalogue;
use super::matcher::{Matcher, Said};
use super::model::Sample;
use std::fmt;

impl Sample {
    /// The sample as the matcher hears it.
    #[must_use]
    pub fn said(&self) -> Said<'_> {
        Said {
            text: &self.text,
            cut: self.cut,
            sap_message: self.sap_message.as_deref().unwrap_or(""),
            host: self.host.as_deref().unwrap_or(""),
            port: self.port.unwrap_or(0),
            ..Said::default()
        }
    }
}

/// A sample that gives another rule than it names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrongSample {
    /// Rule that the sample belongs to.
    pub rule: String,
    /// Text of the sample.
    pub text: String,
    /// Rule that won; empty for none.
    pub got: String,
    /// Rule that should have won; empty for none.
    pub want: String,
}

impl fmt::Display for WrongSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?} gives {:?}, not {:?}", self.rule, self.text, self.got, self.want)
    }
}

/// Every sample against every rule: how many there are, and those that are wrong.
#[must_use]
pub fn test_samples(catalogue: &Catalogue, matcher: &Matcher<'_>) -> (usize, Vec<WrongSample>) {
    let samples = || catalogue.iter().flat_map(|rule| rule.samples.iter().map(move |sample| (rule, sample)));
    let wrong = samples().filter_map(|(rule, sample)| {
        let got = matcher.judge(&sample.said()).map_or("", |found| found.rule.id.as_str());
        let want = if sample.matches { rule.id.as_str() } else { sample.gives.as_str() };
        let wrong = !got.eq_ignore_ascii_case(want);
        wrong.then(|| WrongSample { rule: rule.id.clone(), text: sample.text.clone(), got: got.to_owned(), want: want.to_owned() })
    });
    (samples().count(), wrong.collect())
}
