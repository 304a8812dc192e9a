//! Causes of what failed, by who acts first.

use crate::report::counts::Counts;
use crate::report::run::Run;
use serde::Serialize;

/// Who acts first, with the causes.
#[derive(Serialize)]
pub struct Owner {
    name: String,
    mails: usize,
    causes: Vec<Cause>,
}

#[derive(Serialize)]
struct Cause {
    id: String,
    title: String,
    mails: usize,
    /// Of a hundred parts of the most frequent cause, at least one.
    share: usize,
}

/// All causes, who has the most of them first.
pub fn of(run: Run<'_>, counts: &Counts) -> Vec<Owner> {
    let most = counts.causes.iter().map(|(_, mails)| *mails).max().unwrap_or(1).max(1);
    let mut owners: Vec<Owner> = Vec::new();
    for (id, mails) in &counts.causes {
        let rule = run.catalogue.get(id);
        let name = rule.map_or("nobody yet: no rule knows the cause", |rule| &rule.owner);
        let title = rule.map_or(String::new(), |rule| super::super::clean(&rule.title));
        let cause = Cause { id: super::super::clean(id), title, mails: *mails, share: (mails * 100 / most).max(1) };
        match owners.iter_mut().find(|owner| owner.name == name) {
            Some(owner) => owner.add(cause),
            None => owners.push(Owner { name: name.to_owned(), mails: *mails, causes: vec![cause] }),
        }
    }
    owners.sort_by_key(|owner| std::cmp::Reverse(owner.mails));
    owners
}

impl Owner {
    fn add(&mut self, cause: Cause) {
        self.mails += cause.mails;
        self.causes.push(cause);
    }
}
