//! One-to-one assignment inside a group of candidates, in order of time.

use crate::evidence::Millis;

/// Beyond this many cells the group is assigned by one walk instead of by dynamic programming.
const CELLS: usize = 250_000;

/// Pairs of positions in two lists, both sorted by time: as many pairs as possible, then the least total distance,
/// never crossing. `cost` is the distance of two elements, `None` when they can not be a pair.
pub fn monotone(left: usize, right: usize, cost: &dyn Fn(usize, usize) -> Option<Millis>) -> Vec<(usize, usize)> {
    if left.saturating_mul(right) > CELLS { walk(left, right, cost) } else { table(left, right, cost) }
}

/// Number of pairs (negative, so that less is better) and total distance.
type Score = (i64, Millis);

fn table(left: usize, right: usize, cost: &dyn Fn(usize, usize) -> Option<Millis>) -> Vec<(usize, usize)> {
    let width = right + 1;
    let mut best: Vec<Score> = vec![(0, 0); (left + 1) * width];
    let paired = |best: &[Score], a: usize, b: usize| {
        let (count, total) = best[(a - 1) * width + b - 1];
        cost(a - 1, b - 1).map(|distance| (count - 1, total + distance))
    };
    for a in 1..=left {
        for b in 1..=right {
            let skip = best[(a - 1) * width + b].min(best[a * width + b - 1]);
            best[a * width + b] = paired(&best, a, b).map_or(skip, |pair| pair.min(skip));
        }
    }
    let (mut a, mut b, mut out) = (left, right, Vec::new());
    while a > 0 && b > 0 {
        let here = best[a * width + b];
        if here == best[(a - 1) * width + b] {
            a -= 1;
        } else if here == best[a * width + b - 1] {
            b -= 1;
        } else {
            out.push((a - 1, b - 1));
            a -= 1;
            b -= 1;
        }
    }
    out.reverse();
    out
}

/// Each left element takes the first right one, not yet passed, that it can pair with.
fn walk(left: usize, right: usize, cost: &dyn Fn(usize, usize) -> Option<Millis>) -> Vec<(usize, usize)> {
    const LOOK_AHEAD: usize = 64;
    let (mut next, mut out) = (0, Vec::new());
    for a in 0..left {
        let near = (next..right.min(next + LOOK_AHEAD)).filter_map(|b| Some((cost(a, b)?, b))).min();
        if let Some((_, b)) = near {
            out.push((a, b));
            next = b + 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_as_many_pairs_as_possible_then_the_nearest() {
        let (left, right) = ([0i64, 10, 20], [11i64, 19, 40]);
        let cost = |a: usize, b: usize| Some((left[a] - right[b]).abs()).filter(|d| *d <= 25);
        assert_eq!(table(3, 3, &cost), [(0, 0), (1, 1), (2, 2)]);
        let tight = |a: usize, b: usize| Some((left[a] - right[b]).abs()).filter(|d| *d <= 5);
        assert_eq!(table(3, 3, &tight), [(1, 0), (2, 1)]);
        assert_eq!(walk(3, 3, &tight), [(1, 0), (2, 1)]);
    }
}
