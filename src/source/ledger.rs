//! Every physical line is in exactly one class.

use std::collections::BTreeMap;

/// Class of a line (design section 7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Class {
    /// Became evidence of a mail or session.
    Evidence,
    /// Headers, page breaks, well-formed lines of other matters.
    Frame,
    /// Mail of other senders.
    Others,
    /// Not understood.
    NotUnderstood,
}

/// Classes of all lines of a source; a line is not understood until somebody says otherwise.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Ledger {
    classes: Vec<u8>,
    reasons: BTreeMap<u32, String>,
}

impl Ledger {
    /// A ledger of so many lines.
    #[must_use]
    pub fn new(lines: usize) -> Self {
        Self { classes: vec![Class::NotUnderstood as u8; lines], reasons: BTreeMap::new() }
    }

    /// Puts a line (1-based) into a class; lines outside the file are ignored.
    pub fn mark(&mut self, line: u32, class: Class) {
        if let Some(slot) = self.classes.get_mut((line as usize).wrapping_sub(1)) {
            *slot = class as u8;
        }
    }

    /// Puts a run of lines into a class.
    pub fn mark_run(&mut self, first: u32, count: u32, class: Class) {
        for line in first..first.saturating_add(count) {
            self.mark(line, class);
        }
    }

    /// Says why a line was not understood.
    pub fn reject(&mut self, line: u32, reason: impl Into<String>) {
        self.mark(line, Class::NotUnderstood);
        self.reasons.entry(line).or_insert_with(|| reason.into());
    }

    /// Writes all reasons anew.
    pub fn rewrite(&mut self, new: &dyn Fn(&str) -> String) {
        for reason in self.reasons.values_mut() {
            *reason = new(reason);
        }
    }

    /// Puts the other lines of a record into the class of its first, for the same reason.
    pub fn follow(&mut self, first: u32, count: u32) {
        let Some(class) = self.classes.get((first as usize).wrapping_sub(1)).copied() else { return };
        let reason = self.reasons.get(&first).cloned();
        for line in (first..first.saturating_add(count)).skip(1) {
            if let Some(slot) = self.classes.get_mut((line as usize).wrapping_sub(1)) {
                *slot = class;
            }
            if let Some(reason) = &reason {
                self.reasons.entry(line).or_insert_with(|| reason.clone());
            }
        }
    }

    /// Lines of a class.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        memchr::memchr_iter(class as u8, &self.classes).count()
    }

    /// All lines.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.classes.len()
    }

    /// First lines that were not understood, with the reason where one is known.
    #[must_use]
    pub fn not_understood(&self, most: usize) -> Vec<(u32, &str)> {
        let numbers = (1u32..).zip(&self.classes).filter(|(_, c)| **c == Class::NotUnderstood as u8).map(|(n, _)| n);
        numbers.take(most).map(|n| (n, self.reason(n))).collect()
    }

    /// Class of a line.
    #[must_use]
    pub fn class(&self, line: u32) -> Option<Class> {
        let class = *self.classes.get((line as usize).wrapping_sub(1))?;
        [Class::Evidence, Class::Frame, Class::Others, Class::NotUnderstood].into_iter().find(|known| *known as u8 == class)
    }

    /// Why a line was not understood.
    #[must_use]
    pub fn reason(&self, line: u32) -> &str {
        self.reasons.get(&line).map_or("no known shape", String::as_str)
    }
}
