//! Who may be whose: arrivals in blocks of one recipient and subject, sorted by time, and the groups that compete.
//!
//! A request looks at the window of its own blocks only, so that cost grows as n log n: the mails of a window are
//! connected in runs, never pair by pair.

use super::Map;
use super::compare::{Part, Texts};
use crate::evidence::{Millis, Span};
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::ops::Range;

/// An arrival as requests look for it.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// Index of the arrival.
    pub arrival: usize,
    /// UTC interval.
    pub at: Span,
    /// Recipient.
    pub recipient: Part,
    /// Subject.
    pub subject: Part,
}

/// Bytes of recipient and subject that make a block: where requests show the beginning only, no more than the shortest of
/// them shows, so that each finds its arrivals in one block.
#[derive(Clone, Copy, Debug)]
pub struct Heads {
    recipient: usize,
    subject: usize,
}

impl Heads {
    /// The shortest of the values that were cut.
    pub fn of(texts: &Texts<'_>, wanted: impl Iterator<Item = (Part, Part)>) -> Self {
        let least = |known: usize, part: Part| if part.cut { known.min(texts.text(part.text).len()) } else { known };
        wanted.fold(Self { recipient: usize::MAX, subject: usize::MAX }, |heads, (recipient, subject)| Self {
            recipient: least(heads.recipient, recipient),
            subject: least(heads.subject, subject),
        })
    }
}

fn head(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A number for a text. Two texts of one number would be candidates for each other, which the comparison of the texts
/// themselves tells apart afterwards.
fn number(text: &str) -> u64 {
    if text.is_empty() { 0 } else { FixedState::with_seed(0).hash_one(text) }
}

/// Arrivals of one recipient and subject.
struct Block {
    /// Numbers of both.
    recipient: u64,
    subject: u64,
    /// By time; the place of each in [`Blocks::order`].
    places: Range<usize>,
    /// Duration of the longest interval among them.
    longest: Millis,
}

/// All blocks.
pub struct Blocks<'a> {
    texts: &'a Texts<'a>,
    /// Arrivals, block after block, by time inside each.
    pub order: Vec<Goal>,
    heads: Heads,
    /// By recipient, then by subject.
    all: Vec<Block>,
    /// The blocks of each recipient.
    by_recipient: Map<u64, Range<usize>>,
    /// Lengths of recipients and subjects that were cut in the trace.
    cut_recipients: BTreeSet<usize>,
    cut_subjects: BTreeSet<usize>,
}

impl<'a> Blocks<'a> {
    /// Sorts arrivals into blocks.
    pub fn new(texts: &'a Texts<'a>, goals: Vec<Goal>, heads: Heads) -> Self {
        let number = |part: Part, most| number(head(texts.text(part.text), most));
        let names = |goal: &Goal| (number(goal.recipient, heads.recipient), number(goal.subject, heads.subject));
        let mut named: Vec<((u64, u64), Goal)> = goals.into_iter().map(|goal| (names(&goal), goal)).collect();
        named.sort_unstable_by_key(|(names, goal)| (*names, goal.at.from, goal.at.to, goal.arrival));
        let (mut blocks, mut by_recipient): (Vec<Block>, Map<u64, Range<usize>>) = (Vec::new(), Map::default());
        for (place, ((recipient, subject), goal)) in named.iter().enumerate() {
            if blocks.last().is_none_or(|block| (block.recipient, block.subject) != (*recipient, *subject)) {
                let at = blocks.len();
                by_recipient.entry(*recipient).or_insert(at..at).end = at + 1;
                blocks.push(Block { recipient: *recipient, subject: *subject, places: place..place, longest: 0 });
            }
            if let Some(block) = blocks.last_mut() {
                block.places.end = place + 1;
                block.longest = block.longest.max(goal.at.to - goal.at.from);
            }
        }
        let goals: Vec<Goal> = named.into_iter().map(|(_, goal)| goal).collect();
        let cuts = |part: fn(&Goal) -> Part| {
            goals.iter().map(part).filter(|part| part.cut).map(|part| texts.text(part.text).len()).collect::<BTreeSet<usize>>()
        };
        Self {
            texts,
            cut_recipients: cuts(|goal| goal.recipient),
            cut_subjects: cuts(|goal| goal.subject),
            heads,
            all: blocks,
            by_recipient,
            order: goals,
        }
    }

    /// Blocks of each recipient that may agree with one; of an empty one all.
    fn of_recipient(&self, text: &str) -> Vec<Range<usize>> {
        if text.is_empty() {
            let all = self.all.chunk_by(|a, b| a.recipient == b.recipient);
            return all.filter_map(|blocks| self.by_recipient.get(&blocks.first()?.recipient).cloned()).collect();
        }
        agreeing(text, &self.cut_recipients).filter_map(|number| self.by_recipient.get(&number).cloned()).collect()
    }

    /// Blocks of a recipient whose subject may agree with one; of an empty one all.
    fn of_subject(&self, range: Range<usize>, text: &str) -> Vec<&Block> {
        let own = &self.all[range];
        if text.is_empty() {
            return own.iter().collect();
        }
        let find = |number: u64| own.binary_search_by_key(&number, |block| block.subject).ok();
        agreeing(text, &self.cut_subjects).filter_map(find).map(|at| &own[at]).collect()
    }

    /// Windows of places in which a request's arrival may be, one for each block that may agree with it.
    pub fn windows(&self, recipient: Part, subject: Part, at: Span, reach: Millis) -> Vec<Range<usize>> {
        let mut out: Vec<Range<usize>> = Vec::new();
        let (recipient, subject) = (self.texts.text(recipient.text), self.texts.text(subject.text));
        for range in self.of_recipient(head(recipient, self.heads.recipient)) {
            for block in self.of_subject(range, head(subject, self.heads.subject)) {
                let own = &self.order[block.places.clone()];
                let first = own.partition_point(|goal| goal.at.from < at.from - reach - block.longest);
                let end = own.partition_point(|goal| goal.at.from <= at.to + reach);
                if first < end {
                    out.push(block.places.start + first..block.places.start + end);
                }
            }
        }
        out
    }
}

/// Numbers of the texts that may agree with one: the same, one that was cut in the trace, or none.
fn agreeing(text: &str, cuts: &BTreeSet<usize>) -> impl Iterator<Item = u64> {
    let shorter = cuts.iter().filter(|length| (1..text.len()).contains(*length)).filter_map(|length| text.get(..*length));
    std::iter::once(text).chain(shorter).map(number).chain([0])
}

/// Requests and places that compete with each other, directly or through others. Request `i` may have the places of
/// `windows[i]`. Groups without a place are left out.
pub fn groups(windows: &[Vec<Range<usize>>], places: usize) -> Vec<(Vec<usize>, Vec<usize>)> {
    let count = windows.len();
    let mut sets = Sets::new(count + places);
    let mut runs = Sets::new(places + 1);
    for (request, own) in windows.iter().enumerate() {
        for window in own {
            sets.join(request, count + window.start);
            let mut place = runs.root(window.start);
            // A run is named by its last place: everything up to there is connected already.
            while place + 1 < window.end {
                sets.join(count + place, count + place + 1);
                runs.lead(place, place + 1);
                place = runs.root(place + 1);
            }
        }
    }
    let mut out: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (request, own) in windows.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
        out.entry(sets.root(request)).or_default().0.push(request);
        debug_assert!(own.iter().all(|window| window.end <= places));
    }
    for place in 0..places {
        if let Some((_, own)) = out.get_mut(&sets.root(count + place)) {
            own.push(place);
        }
    }
    let mut out: Vec<(Vec<usize>, Vec<usize>)> = out.into_values().collect();
    out.sort_unstable();
    out
}

/// Disjoint sets.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, node: usize) -> usize {
        let mut top = node;
        while self.0[top] != top {
            self.0[top] = self.0[self.0[top]];
            top = self.0[top];
        }
        top
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    /// Puts a root under the root of another node.
    fn lead(&mut self, node: usize, to: usize) {
        let to = self.root(to);
        self.0[node] = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Store;

    #[test]
    fn windows_of_agreeing_blocks() {
        let mut store = Store::default();
        let mut part = |text: &str, cut| Part { text: store.strings.intern(text), cut };
        let (a, b, cut) = (part("a@x", false), part("ab@x", false), part("inv", true));
        let (one, two, none) = (part("invoice1", false), part("order", false), part("", false));
        let (short, shorter, other) = (part("a", true), part("in", true), part("c@x", false));
        let texts = Texts::of(&mut store);
        let at = |second: i64| Span::instant(second * 1000);
        let goal = |arrival, second, recipient, subject| Goal { arrival, at: at(second), recipient, subject };
        let goals =
            [goal(0, 10, a, one), goal(1, 30, a, one), goal(2, 11, a, two), goal(3, 12, b, one), goal(4, 13, a, none), goal(5, 14, a, cut)];
        let found = |recipient: Part, subject: Part| {
            let blocks = Blocks::new(&texts, goals.to_vec(), Heads::of(&texts, [(recipient, subject)].into_iter()));
            let windows = blocks.windows(recipient, subject, at(10), 5000);
            let all: BTreeSet<usize> = windows.into_iter().flatten().map(|place| blocks.order[place].arrival).collect();
            all.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(found(a, one), [0, 4, 5]);
        assert_eq!(found(a, two), [2, 4]);
        assert_eq!(found(short, one), [0, 3, 4, 5]);
        assert_eq!(found(a, shorter), [0, 4, 5]);
        assert_eq!(found(a, none), [0, 2, 4, 5]);
        assert!(found(other, one).is_empty());
    }

    #[test]
    #[allow(clippy::single_range_in_vec_init)] // windows, not lists of places
    fn groups_are_connected_through_windows() {
        let windows = [vec![0..2], vec![4..6], vec![1..3], vec![], vec![5..6, 7..8]];
        assert_eq!(groups(&windows, 9), [(vec![0, 2], vec![0, 1, 2]), (vec![1, 4], vec![4, 5, 7])]);
        // Two windows that touch no common place are apart, even side by side.
        assert_eq!(groups(&[vec![0..2], vec![2..4]], 4), [(vec![0], vec![0, 1]), (vec![1], vec![2, 3])]);
        assert_eq!(groups(&[vec![0..2], vec![2..4], vec![1..3]], 4).len(), 1);
    }
}
