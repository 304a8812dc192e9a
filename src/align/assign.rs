//! One-to-one assignment inside a group of candidates: as many pairs as possible, and among those the least distance.
//!
//! Small groups are solved exactly (Kuhn and Munkres). Where all mails look the same, or a group is larger, the pairs are
//! monotone in time: exact up to [`CELLS`] cells, and beyond that inside a band around a first walk, in linear time.

use crate::evidence::Millis;
use pathfinding::kuhn_munkres::kuhn_munkres_min;
use pathfinding::matrix::Matrix;

/// Beyond this many cells a group is assigned inside a band.
pub const CELLS: usize = 250_000;
/// Beyond this many mails on a side pairs may no longer cross.
const CROSSING: usize = 128;
/// Half of the band: mails by which the order of two logs may be shifted.
const HALF: usize = 32;
/// What no pair costs: more than any sum of distances.
const NEVER: Millis = 1 << 40;

/// Pairs of positions in two lists, both sorted by time. `cost` is the distance of two elements, `None` when they can
/// not be a pair; `alike` says that all elements of a list look the same.
pub fn pairs(left: usize, right: usize, alike: bool, cost: &dyn Fn(usize, usize) -> Option<Millis>) -> Vec<(usize, usize)> {
    if left.saturating_mul(right) > CELLS {
        let starts: Vec<usize> = walk(left, right, cost).into_iter().map(|centre| centre.saturating_sub(HALF)).collect();
        banded(right, &starts, 2 * HALF + 1, cost)
    } else if alike || left.max(right) > CROSSING {
        banded(right, &vec![0; left], right, cost)
    } else {
        crossing(left, right, cost)
    }
}

/// The best assignment, whichever pairs cross.
fn crossing(left: usize, right: usize, cost: &dyn Fn(usize, usize) -> Option<Millis>) -> Vec<(usize, usize)> {
    let turned = left > right;
    let (rows, columns) = if turned { (right, left) } else { (left, right) };
    let at = |row: usize, column: usize| if turned { cost(column, row) } else { cost(row, column) };
    let weights = Matrix::from_fn(rows, columns, |(row, column)| at(row, column).unwrap_or(NEVER));
    let (_, chosen) = kuhn_munkres_min(&weights);
    let real = chosen.into_iter().enumerate().filter(|(row, column)| at(*row, *column).is_some());
    let mut out: Vec<(usize, usize)> = real.map(|(row, column)| if turned { (column, row) } else { (row, column) }).collect();
    out.sort_unstable();
    out
}

/// Number of pairs (negative, so that less is better) and total distance.
type Score = (i64, Millis);

/// How a cell was reached.
const SKIP_LEFT: u8 = 0;
const SKIP_RIGHT: u8 = 1;
const PAIR: u8 = 2;

/// The best pairs that do not cross, where the partners of row `i` lie in `starts[i]..starts[i] + width`. The starts
/// ascend.
fn banded(right: usize, starts: &[usize], width: usize, cost: &dyn Fn(usize, usize) -> Option<Millis>) -> Vec<(usize, usize)> {
    // A row holds the scores of all partners up to one: cell 0 is that of none inside the band.
    let cells = width.min(right) + 1;
    let mut before: Vec<Score> = vec![(0, 0); cells];
    let mut moves: Vec<u8> = vec![SKIP_LEFT; starts.len() * cells];
    let mut start = 0;
    for (row, own) in starts.iter().enumerate() {
        // What the row before knows of the partners below `until`.
        let known = |until: usize| before[(until - start).min(cells - 1)];
        let mut here: Vec<Score> = Vec::with_capacity(cells);
        here.push(known(*own));
        for cell in 1..cells {
            let partner = own + cell - 1;
            let (mut best, mut way) = (known(partner + 1), SKIP_LEFT);
            if here[cell - 1] < best {
                (best, way) = (here[cell - 1], SKIP_RIGHT);
            }
            if let Some(distance) = (partner < right).then(|| cost(row, partner)).flatten() {
                let (count, total) = known(partner);
                if (count - 1, total + distance) < best {
                    (best, way) = ((count - 1, total + distance), PAIR);
                }
            }
            here.push(best);
            moves[row * cells + cell] = way;
        }
        (before, start) = (here, *own);
    }
    trace_back(starts, cells, &moves)
}

fn trace_back(starts: &[usize], cells: usize, moves: &[u8]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let Some(last) = starts.len().checked_sub(1) else { return out };
    let (mut row, mut until) = (last, starts[last] + cells - 1);
    loop {
        let cell = (until.saturating_sub(starts[row])).min(cells - 1);
        match moves[row * cells + cell] {
            SKIP_RIGHT => {
                until = starts[row] + cell - 1;
                continue;
            }
            PAIR => {
                until = starts[row] + cell - 1;
                out.push((row, until));
            }
            _ => until = until.min(starts[row] + cell),
        }
        let Some(above) = row.checked_sub(1) else { break };
        row = above;
    }
    out.reverse();
    out
}

/// Where the partner of each left element is looked for: the nearest right one that is not yet passed.
fn walk(left: usize, right: usize, cost: &dyn Fn(usize, usize) -> Option<Millis>) -> Vec<usize> {
    let mut next = 0;
    let one = |a: usize| {
        let near = (next..right.min(next + 2 * HALF)).filter_map(|b| Some((cost(a, b)?, b))).min();
        let centre = near.map_or(next, |(_, b)| b);
        next = if near.is_some() { centre + 1 } else { next };
        centre
    };
    (0..left).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way to assign, for lists of a few elements.
    fn best(left: usize, right: usize, cost: &dyn Fn(usize, usize) -> Option<Millis>, used: u32, crosses: bool) -> Score {
        let Some(a) = left.checked_sub(1) else { return (0, 0) };
        let skip = best(a, right, cost, used, crosses);
        let pair = (0..right).filter(|b| used & (1 << b) == 0).filter_map(|b| {
            let (count, total) = best(a, if crosses { right } else { b }, cost, used | (1 << b), crosses);
            Some((count - 1, total + cost(a, b)?))
        });
        pair.chain([skip]).min().unwrap_or((0, 0))
    }

    fn score(pairs: &[(usize, usize)], cost: &dyn Fn(usize, usize) -> Option<Millis>) -> Score {
        (-i64::try_from(pairs.len()).unwrap(), pairs.iter().map(|(a, b)| cost(*a, *b).unwrap()).sum())
    }

    #[test]
    fn takes_as_many_pairs_as_possible_then_the_nearest() {
        let (left, right) = ([0i64, 10, 20], [11i64, 19, 40]);
        let cost = |a: usize, b: usize| Some((left[a] - right[b]).abs()).filter(|d| *d <= 25);
        assert_eq!(pairs(3, 3, true, &cost), [(0, 0), (1, 1), (2, 2)]);
        let tight = |a: usize, b: usize| Some((left[a] - right[b]).abs()).filter(|d| *d <= 5);
        assert_eq!(pairs(3, 3, true, &tight), [(1, 0), (2, 1)]);
        assert_eq!(pairs(3, 3, false, &tight), [(1, 0), (2, 1)]);
        // The first can be the second's only, and the other way round.
        let crossed = |a: usize, b: usize| (a != b).then_some(1);
        assert_eq!(pairs(2, 2, false, &crossed), [(0, 1), (1, 0)]);
        assert!(pairs(0, 3, true, &cost).is_empty() && pairs(3, 0, true, &cost).is_empty() && pairs(0, 0, false, &cost).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_other_way_is_better(
            mut left in proptest::collection::vec(0i64..60, 0..5),
            mut right in proptest::collection::vec(0i64..60, 0..5),
            reach in 1i64..40,
            kinds in proptest::collection::vec(0u8..3, 10),
        ) {
            left.sort_unstable();
            right.sort_unstable();
            let alike = |a: usize, b: usize| Some((left[a] - right[b]).abs()).filter(|d| *d <= reach);
            let mixed = |a: usize, b: usize| alike(a, b).filter(|_| kinds[a] == kinds[5 + b] || kinds[a] == 0);
            let (n, m) = (left.len(), right.len());
            proptest::prop_assert_eq!(score(&pairs(n, m, true, &alike), &alike), best(n, m, &alike, 0, false));
            proptest::prop_assert_eq!(score(&pairs(n, m, true, &mixed), &mixed), best(n, m, &mixed, 0, false));
            proptest::prop_assert_eq!(score(&pairs(n, m, false, &mixed), &mixed), best(n, m, &mixed, 0, true));
        }

        /// Inside the band a long list is assigned as well as by the whole table.
        #[test]
        fn the_band_is_as_good(gaps in proptest::collection::vec((0i64..9, 0i64..9, 0u8..9), 20..60)) {
            let (mut left, mut right, mut at) = (Vec::new(), Vec::new(), 0);
            for (gap, lag, lost) in gaps {
                at += gap;
                left.push(at);
                if lost > 0 {
                    right.push(at + lag);
                }
            }
            right.sort_unstable();
            let cost = |a: usize, b: usize| Some((left[a] - right[b]).abs()).filter(|d| *d <= 10);
            let starts: Vec<usize> = walk(left.len(), right.len(), &cost).into_iter().map(|centre| centre.saturating_sub(HALF)).collect();
            let (band, whole) = (banded(right.len(), &starts, 2 * HALF + 1, &cost), banded(right.len(), &vec![0; left.len()], right.len(), &cost));
            proptest::prop_assert_eq!(score(&band, &cost), score(&whole, &cost));
        }
    }
}
