//! Enhanced codes and ranges as rules write them.

use crate::smtp::Enhanced;

/// `5.7.64`, or `5.7.606-5.7.649`, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Codes {
    first: Enhanced,
    last: Enhanced,
}

/// How well a code fits; exact weighs more than a range.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fit {
    /// Codes were not asked for, or the text holds none.
    Silent,
    /// Inside a range.
    Range,
    /// The code itself.
    Exact,
}

impl Codes {
    /// Reads one entry; `None` when it is no code or the range runs backwards.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let codes = Self { first: first.trim().parse().ok()?, last: last.trim().parse().ok()? };
        (codes.first <= codes.last).then_some(codes)
    }

    /// One code, not a range.
    pub fn single(&self) -> bool {
        self.first == self.last
    }

    /// Whether a code lies inside.
    pub fn fit(&self, code: Enhanced) -> Option<Fit> {
        if code < self.first || code > self.last {
            None
        } else if self.single() {
            Some(Fit::Exact)
        } else {
            Some(Fit::Range)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_and_range() {
        let range = Codes::parse("5.7.606-5.7.649").unwrap();
        assert_eq!(range.fit("5.7.649".parse().unwrap()), Some(Fit::Range));
        assert_eq!(range.fit("5.7.650".parse().unwrap()), None);
        assert_eq!(Codes::parse("5.7.64").unwrap().fit("5.7.64".parse().unwrap()), Some(Fit::Exact));
        assert!(Codes::parse("5.7.9-5.7.1").is_none());
        assert!(Codes::parse("5.7").is_none());
    }
}
