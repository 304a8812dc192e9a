//! SAP's tables complete each other, in whatever order they were read: rows of one request share what they know (SOES the
//! address number, SOST the history, SOOS the document), SOOD tells the title of a document, ADR6 the whole address
//! (sost.md section 2) and T100 the words of a message. Only what is empty or cut is added.

use super::compare;
use super::{dates, texts};
use crate::evidence::{Detail, Evidence, Hop, Named, SapFacts, SendProcess, Store, Sym};
use crate::source::Source;
use std::collections::{BTreeMap, HashMap};

/// Completes the requests of a run, and says in each source what it gave and what is still missing.
pub fn complete(store: &mut Store, sources: &mut [Source]) {
    dates::settle(store, sources);
    let tables = std::mem::take(&mut store.tables);
    let processes = share(store, &tables.processes);
    let addresses = name(store, &tables.addresses, &ADDRESS);
    let titles = name(store, &tables.titles, &TITLE);
    tell_used(sources, tables.processes.iter().map(|row| row.source), &processes, &PROCESSES);
    tell_used(sources, tables.addresses.iter().map(|row| row.source), &addresses, &ADDRESSES);
    tell_used(sources, tables.titles.iter().map(|row| row.source), &titles, &TITLES);
    tell_missing(store, sources);
    texts::tell(store, sources, &tables.texts);
    store.tables = tables;
}

/// Rows that name one key.
#[derive(Default)]
struct Group {
    rows: Vec<usize>,
    processes: Vec<usize>,
}

/// Lets rows with one key share what they know; tells which rows of SOOS were of use.
fn share(store: &mut Store, processes: &[SendProcess]) -> Vec<bool> {
    let mut groups: BTreeMap<Sym, Group> = BTreeMap::new();
    for (at, record) in store.records.iter().enumerate() {
        if let Some(facts) = store.sap_of(record).filter(|facts| !facts.key.is_empty()) {
            groups.entry(facts.key).or_default().rows.push(at);
        }
    }
    for (at, process) in processes.iter().enumerate() {
        if let Some(group) = groups.get_mut(&process.facts.key) {
            group.processes.push(at);
        }
    }
    let mut used = vec![false; processes.len()];
    let groups: Vec<Group> = groups.into_values().flat_map(|group| apart(store, processes, group)).collect();
    for group in groups {
        if !group.rows.is_empty() && group.rows.len() + group.processes.len() > 1 && agree(store, &group.rows) {
            pool(store, processes, &group);
            group.processes.iter().for_each(|at| used[*at] = true);
        }
    }
    used
}

/// Keys count per system and client. Rows that name neither go with the others where these are of one client.
fn apart(store: &Store, processes: &[SendProcess], group: Group) -> Vec<Group> {
    let facts = |at: &usize| store.sap_of(&store.records[*at]).map_or((Sym::EMPTY, Sym::EMPTY), |facts| (facts.system, facts.client));
    let own = |at: &usize| (processes[*at].facts.system, processes[*at].facts.client);
    let all = || group.rows.iter().map(facts).chain(group.processes.iter().map(own));
    let one = |of: fn((Sym, Sym)) -> Sym| {
        let mut named = all().map(of).filter(|sym| !sym.is_empty());
        named.next().is_none_or(|first| named.all(|other| other == first))
    };
    if one(|(system, _)| system) && one(|(_, client)| client) {
        return vec![group];
    }
    let mut out: BTreeMap<(Sym, Sym), Group> = BTreeMap::new();
    for at in &group.rows {
        out.entry(facts(at)).or_default().rows.push(*at);
    }
    for at in &group.processes {
        out.entry(own(at)).or_default().processes.push(*at);
    }
    out.into_values().collect()
}

/// Whether nothing that the rows tell contradicts that they are of one request.
fn agree(store: &Store, rows: &[usize]) -> bool {
    let sender = Text { told: |record| (record.sender, record.cut.sender), ..ADDRESS };
    [ADDRESS, TITLE, sender].iter().all(|text| {
        let parts: Vec<(String, bool)> = rows.iter().map(|at| text.of(store, (text.told)(&store.records[*at]))).collect();
        let longest = parts.iter().max_by_key(|(text, _)| text.len());
        longest.is_none_or(|longest| parts.iter().all(|part| alike(part, longest)))
    })
}

/// Gives each row what any of them knows.
fn pool(store: &mut Store, processes: &[SendProcess], group: &Group) {
    let (mut facts, mut texts, mut size) = (SapFacts::default(), [(Sym::EMPTY, false); 3], 0);
    for record in group.rows.iter().map(|at| &store.records[*at]) {
        store.sap_of(record).into_iter().for_each(|own| absorb(&mut facts, own));
        let own = [(record.recipient, record.cut.recipient), (record.subject, record.cut.subject), (record.sender, record.cut.sender)];
        texts.iter_mut().zip(own).for_each(|(text, own)| *text = longer(store, *text, own));
        size = size.max(record.size);
    }
    group.processes.iter().for_each(|at| absorb(&mut facts, &processes[*at].facts));
    for at in &group.rows {
        let mut record = store.records[*at].clone();
        let Detail::Sap(own) = record.detail else { continue };
        store.sap.get_mut(own as usize).into_iter().for_each(|own| absorb(own, &facts));
        let slots = [
            (&mut record.recipient, &mut record.cut.recipient),
            (&mut record.subject, &mut record.cut.subject),
            (&mut record.sender, &mut record.cut.sender),
        ];
        for ((text, cut), other) in slots.into_iter().zip(texts) {
            (*text, *cut) = longer(store, (*text, *cut), other);
        }
        record.size = if record.size == 0 { size } else { record.size };
        store.records[*at] = record;
    }
}

/// Adds what is empty; status, message and server are those of each entry.
fn absorb(facts: &mut SapFacts, other: &SapFacts) {
    let slots = [
        (&mut facts.system, other.system),
        (&mut facts.client, other.client),
        (&mut facts.object, other.object),
        (&mut facts.address, other.address),
        (&mut facts.guid, other.guid),
        (&mut facts.user, other.user),
        (&mut facts.node, other.node),
    ];
    for (slot, value) in slots {
        if slot.is_empty() {
            *slot = value;
        }
    }
    facts.requested = facts.requested.or(other.requested);
}

/// The other text where the first one is empty, or cut and shorter.
fn longer(store: &Store, first: (Sym, bool), other: (Sym, bool)) -> (Sym, bool) {
    let length = |sym| store.text(sym).chars().count();
    if first.0.is_empty() || (first.1 && !other.0.is_empty() && length(other.0) >= length(first.0)) { other } else { first }
}

/// A text that a number stands for, and where it goes.
struct Text {
    number: fn(&SapFacts) -> Sym,
    /// What a record says, and whether it is cut.
    told: fn(&Evidence) -> (Sym, bool),
    /// How texts are compared.
    folded: fn(&str) -> String,
    slot: fn(&mut Evidence) -> (&mut Sym, &mut bool),
}

impl Text {
    fn of(&self, store: &Store, (sym, cut): (Sym, bool)) -> (String, bool) {
        ((self.folded)(store.text(sym)), cut)
    }
}

fn alike((one, one_cut): &(String, bool), (other, other_cut): &(String, bool)) -> bool {
    compare::agree((one, *one_cut), (other, *other_cut))
}

const ADDRESS: Text = Text {
    number: |facts| facts.address,
    told: |record| (record.recipient, record.cut.recipient),
    folded: crate::smtp::fold_address,
    slot: |record| (&mut record.recipient, &mut record.cut.recipient),
};
const TITLE: Text = Text {
    number: |facts| facts.object,
    told: |record| (record.subject, record.cut.subject),
    folded: |text| crate::smtp::squeeze(&crate::smtp::decoded(text)),
    slot: |record| (&mut record.subject, &mut record.cut.subject),
};

/// Puts the texts of a table where they are missing or cut; tells which rows were of use. A number with several texts
/// that fit is left alone.
fn name(store: &mut Store, rows: &[Named], text: &Text) -> Vec<bool> {
    let mut index: HashMap<Sym, Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.text.is_empty()) {
        index.entry(row.number).or_default().push(at);
    }
    let mut used = vec![false; rows.len()];
    for at in 0..store.records.len() {
        let record = &store.records[at];
        let Some(facts) = store.sap_of(record) else { continue };
        let Some(candidates) = index.get(&(text.number)(facts)) else { continue };
        let own = text.of(store, (text.told)(record));
        let part = |row: &Named| text.of(store, (row.text, row.cut));
        let fits = |at: &&usize| belongs(facts, &rows[**at]) && alike(&part(&rows[**at]), &own);
        let mut fitting = candidates.iter().filter(fits);
        let Some(first) = fitting.next().filter(|first| fitting.all(|other| part(&rows[*other]) == part(&rows[**first]))) else { continue };
        used[*first] = true;
        let mut completed = record.clone();
        let (slot, cut) = (text.slot)(&mut completed);
        (*slot, *cut) = longer(store, (*slot, *cut), (rows[*first].text, rows[*first].cut));
        store.records[at] = completed;
    }
    used
}

fn belongs(facts: &SapFacts, row: &Named) -> bool {
    let agrees = |a: Sym, b: Sym| a.is_empty() || b.is_empty() || a == b;
    agrees(facts.system, row.system) && agrees(facts.client, row.client)
}

/// Tables that tell the title where the document is unknown.
const UNKNOWN_OBJECT: &str = "SOOS (OBJTP, OBJYR, OBJNO) and SOOD (OBJDES)";

/// A table and what it needs to be of use.
struct Table {
    name: &'static str,
    needs: &'static str,
}

const PROCESSES: Table = Table {
    name: "SOOS (send processes)",
    needs: "export SOES (status per recipient) and SOST (history) of the same days, which hold the status",
};
const ADDRESSES: Table = Table { name: "ADR6 (mail addresses)", needs: "export SOES, which names the address of each recipient (ADRNR)" };
const TITLES: Table = Table {
    name: "SOOD (titles of documents)",
    needs: "export SOOS, which tells whose document it is (OBJTP, OBJYR, OBJNO), with SOES or SOST, which hold the status",
};

fn tell_used(sources: &mut [Source], owners: impl Iterator<Item = u32>, used: &[bool], table: &Table) {
    let mut counts: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for (source, used) in owners.zip(used) {
        let (rows, of_use) = counts.entry(source).or_default();
        *rows += 1;
        *of_use += usize::from(*used);
    }
    for (source, (rows, used)) in counts {
        let Table { name, needs } = table;
        let Some(source) = sources.get_mut(source as usize) else { continue };
        source.note(
            1,
            match used {
                0 => format!("{name}: none of {rows} rows belongs to a request of this run; they tell of no mail by themselves: {needs}"),
                _ => format!("{name}: {used} of {rows} rows complete requests of this run"),
            },
        );
    }
}

/// Says which table would tell what rows with a key still lack. A few mails may well have no subject.
fn tell_missing(store: &Store, sources: &mut [Source]) {
    let mut totals: BTreeMap<u32, usize> = BTreeMap::new();
    let mut lacks: BTreeMap<(u32, &str, &str), (u32, usize)> = BTreeMap::new();
    for record in store.records.iter().filter(|record| record.hop == Hop::Sap) {
        let Some(facts) = store.sap_of(record).filter(|facts| !facts.key.is_empty()) else { continue };
        *totals.entry(record.source).or_default() += 1;
        let recipient = if facts.address.is_empty() { "SOES (ADRNR) and ADR6 (SMTP_ADDR)" } else { "ADR6 (SMTP_ADDR by ADDRNUMBER)" };
        let subject = if facts.object.is_empty() { UNKNOWN_OBJECT } else { "SOOD (OBJDES by OBJTP, OBJYR, OBJNO)" };
        let rows = [
            (record.recipient.is_empty(), "recipient", recipient),
            (record.subject.is_empty(), "subject", subject),
            (facts.requested.is_none(), "time of the request", "SOES (SNDDAT, SNDTIM) or SOOS (SDDAT, SDTIM)"),
        ];
        for (_, what, table) in rows.into_iter().filter(|(lacks, _, _)| *lacks) {
            lacks.entry((record.source, what, table)).or_insert((record.line, 0)).1 += 1;
        }
    }
    for ((at, what, table), (line, rows)) in lacks {
        let total = totals.get(&at).copied().unwrap_or(0);
        if let Some(source) = sources.get_mut(at as usize).filter(|_| table != UNKNOWN_OBJECT || rows == total) {
            source.note(line, format!("{rows} of {total} rows lack the {what}: export {table} as well"));
        }
    }
}
