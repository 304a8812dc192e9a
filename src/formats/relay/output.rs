//! Evidence of a relay's log: lines about one mail are spread over the file, so what each tells (sender, Message-ID,
//! size, client) is put on all records of the mail when the file has been read.

use super::mail::{At, Mail, fold};
use super::steps::Steps;
use super::syslog::Stamp;
use super::year::{self, Years};
use crate::evidence::{Evidence, Hop, Kind, Millis, Phase, RelayFacts, Span, Sym, full_lines};
use crate::formats::Sink;
use crate::formats::records::Place;
use crate::formats::secret::redacted;
use crate::source::Class;
use foldhash::fast::FixedState;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;

/// Index of a mail in its file.
pub type MailId = u32;

/// Lines of a mail, about.
const LINES: usize = 6;

/// No mail.
const NONE: MailId = u32::MAX;

/// What a record is of, and what is known of its time.
#[derive(Clone, Copy)]
struct Mark {
    mail: MailId,
    /// See [`At::bare`].
    bare: bool,
    /// See [`At::offset`].
    offset: i32,
}

/// Mails that were told of last, by a number of their queue id: the lines of one mail stand near each other, and to find it
/// here touches less memory than a table of millions.
#[derive(Default)]
struct Recent(Vec<(u64, Sym, MailId)>);

impl Recent {
    /// A power of two.
    const SLOTS: usize = 1 << 14;

    fn number(relay: Sym, id: &str) -> u64 {
        FixedState::with_seed(relay.index() as u64).hash_one(id)
    }

    /// The mail that may be meant: one of the same number.
    fn of(&self, number: u64) -> Option<(Sym, MailId)> {
        self.0.get(Self::place(number)).filter(|(known, ..)| *known == number).map(|(_, relay, mail)| (*relay, *mail))
    }

    fn keep(&mut self, number: u64, relay: Sym, mail: MailId) {
        self.0.resize(Self::SLOTS, (0, Sym::EMPTY, NONE));
        self.0[Self::place(number)] = (number, relay, mail);
    }

    fn place(number: u64) -> usize {
        usize::try_from(number).unwrap_or(0) & (Self::SLOTS - 1)
    }
}

/// Where evidence goes.
pub struct Output<'a, 'b> {
    /// Store and ledger.
    pub sink: &'a mut Sink<'b>,
    /// Mails of the file.
    pub mails: Vec<Mail>,
    /// By relay and queue id: the last mail of that id.
    known: HashMap<(Sym, Sym), MailId, FixedState>,
    recent: Recent,
    /// Years of the lines.
    pub years: Years,
    marks: Vec<Mark>,
    /// Lines that are cut before they tell how a try went.
    pub cuts: Vec<u32>,
    first: usize,
    first_facts: usize,
    /// Times with a year, and those without.
    spans: [Option<Span>; 2],
    last: Option<Stamp>,
    /// Day of the last line, and when it began: most lines are of the same.
    day: ((i32, u32, u32), Millis),
    zoned: usize,
    unzoned: usize,
    steps: Steps,
}

impl<'a, 'b> Output<'a, 'b> {
    /// Nothing yet.
    pub fn new(sink: &'a mut Sink<'b>) -> Self {
        let (first, first_facts) = (sink.store.records.len(), sink.store.relay.len());
        let (mut mails, mut known) = (Vec::new(), HashMap::default());
        // Few mails have more lines; room that is not to be had is taken when it is needed.
        let likely = full_lines(sink.source.ledger.lines(), usize::try_from(sink.source.bytes).unwrap_or(0)) / LINES;
        let _ = mails.try_reserve(likely).map(|()| known.try_reserve(likely));
        Self {
            sink,
            mails,
            known,
            recent: Recent::default(),
            years: Years::default(),
            marks: Vec::new(),
            cuts: Vec::new(),
            first,
            first_facts,
            spans: [None; 2],
            last: None,
            day: ((0, 0, 0), 0),
            zoned: 0,
            unzoned: 0,
            steps: Steps::default(),
        }
    }

    /// The time of a line, which the file covers.
    pub fn at(&mut self, stamp: &Stamp) -> At {
        let year = self.years.place(stamp);
        let day = (year, stamp.month, stamp.day);
        if self.day.0 != day {
            self.day = (day, stamp.midnight(year));
        }
        let wall = self.day.1 + stamp.time;
        let offset = stamp.offset.unwrap_or(0);
        let span = if stamp.precise { Span::instant(wall - offset) } else { Span::second(wall - offset) };
        if stamp.offset.is_some() {
            self.zoned += 1;
        } else {
            self.unzoned += 1;
        }
        if stamp.year.is_none() {
            self.last = Some(*stamp);
        }
        self.steps.see(span.from, self.marks.len());
        let known = &mut self.spans[usize::from(stamp.year.is_none())];
        *known = Some(known.map_or(span, |known| known.join(span)));
        At { span, bare: stamp.year.is_none(), offset }
    }

    /// Keeps a text, without credentials.
    pub fn keep(&mut self, text: &str) -> Sym {
        // A word alone, and an acceptance, quote no logon.
        let harmless = text.starts_with('2') || memchr::memchr(b' ', text.as_bytes()).is_none();
        self.sink.store.strings.intern(&if harmless { Cow::Borrowed(text) } else { redacted(text) })
    }

    /// Keeps an id or a name; one with blanks is none, so anything may stand in it.
    pub fn name(&mut self, text: &str) -> Sym {
        if memchr::memchr(b' ', text.as_bytes()).is_some() { self.keep(text) } else { self.sink.store.strings.intern(text) }
    }

    /// The Message-ID with its brackets.
    pub fn message_id(&mut self, text: &str) -> Sym {
        let mut text = text.trim();
        while let Some(before) = text.strip_suffix("#012") {
            text = before;
        }
        if text.is_empty() || text == "<>" {
            Sym::EMPTY
        } else if text.starts_with('<') || text.contains(char::is_whitespace) {
            self.keep(text)
        } else {
            self.keep(&format!("<{text}>"))
        }
    }

    /// The mail of a queue id; `begins` says that the line can only be of a new one, when there is one that has begun or
    /// gone before: short ids are used again (relay.md section 1.1.3).
    pub fn mail(&mut self, relay: Sym, id: &str, begins: Begins) -> MailId {
        let strings = &self.sink.store.strings;
        let (number, texts) = (Recent::number(relay, id), strings.len());
        let same = |(of, at): &(Sym, MailId)| *of == relay && self.mails.get(*at as usize).is_some_and(|mail| strings.get(mail.id) == id);
        let recent = self.recent.of(number).filter(same).map(|(_, at)| at);
        let (sym, known) = if let Some(at) = recent {
            (self.mails[at as usize].id, recent)
        } else {
            let sym = self.name(id);
            // A text that is new is the id of no mail.
            (sym, if sym.index() < texts { self.known.get(&(relay, sym)).copied() } else { None })
        };
        if let Some(at) = known {
            let mail = &self.mails[at as usize];
            let other = match begins {
                Begins::Certainly => mail.begun.is_some() || mail.closed,
                Begins::WhereClosed => mail.closed,
                Begins::Never => false,
            };
            if !other {
                if recent.is_none() {
                    self.recent.keep(number, relay, at);
                }
                return at;
            }
        }
        let at = crate::evidence::index(self.mails.len());
        self.mails.push(Mail { id: sym, name: relay, ..Mail::default() });
        self.known.insert((relay, sym), at);
        self.recent.keep(number, relay, at);
        at
    }

    /// A mail by its index.
    pub fn of(&mut self, mail: MailId) -> &mut Mail {
        &mut self.mails[mail as usize]
    }

    /// Enters lines into the ledger.
    pub fn mark(&mut self, place: Place, class: Class) {
        self.sink.source.ledger.mark_run(place.line, place.lines, class);
    }

    /// Enters lines that are not understood.
    pub fn reject(&mut self, place: Place, reason: &'static str) {
        (place.line..place.line.saturating_add(place.lines)).for_each(|line| self.sink.source.ledger.reject(line, reason));
    }

    /// A record at a place.
    pub fn begin(&self, place: Place, at: At, kind: Kind) -> Evidence {
        let mut record = Evidence::at(self.sink.index, place.line, Hop::Relay, kind);
        record.lines = place.lines;
        record.local = Some(at.span);
        record
    }

    /// Adds a record, of a mail or of none.
    pub fn push(&mut self, record: Evidence, facts: RelayFacts, mail: Option<MailId>, at: At) {
        self.sink.source.rows += 1;
        let offset = i32::try_from(at.offset).unwrap_or(0);
        self.marks.push(Mark { mail: mail.unwrap_or(NONE), bare: at.bare, offset });
        self.sink.store.push_relay(record, facts);
    }

    /// Folds, dates and orders all evidence.
    pub fn finish(mut self) {
        let told = self.marks.len();
        self.unfinished();
        let years = self.settle();
        let unzone = self.zoned > 0 && self.unzoned > 0;
        let mut moved = year::Moved::default();
        let records = self.sink.store.records.get_mut(self.first..).unwrap_or_default();
        let facts = self.sink.store.relay.get_mut(self.first_facts..).unwrap_or_default();
        for ((record, facts), mark) in records.iter_mut().zip(facts).zip(&self.marks) {
            if let Some(mail) = self.mails.get(mark.mail as usize) {
                fold(record, facts, mail);
            }
            if let Some(local) = record.local {
                let local = if unzone { local.shifted(Millis::from(mark.offset)) } else { local };
                record.local = Some(if mark.bare && years != 0 { moved.of(local, years) } else { local });
            }
        }
        if self.zoned == 0 {
            self.steps.folds(records.get_mut(..told).unwrap_or_default());
        }
        records.sort_by_key(|record| record.line);
        self.steps.tell(self.sink.source);
        if self.zoned > 0 && !unzone {
            self.sink.source.utc = true;
        } else if unzone {
            self.sink.source.note(1, "some lines tell their zone and others do not: all are taken as of the relay's own clock");
        }
    }

    /// What a client began and never became a mail: it left, or was refused behind its DATA (relay.md section 5).
    fn unfinished(&mut self) {
        for at in 0..self.mails.len() {
            let mail = &self.mails[at];
            let Some((place, time)) = mail.begun.filter(|_| !mail.taken && mail.recipients.is_empty() && !mail.closed) else { continue };
            let record = self.begin(place, time, Kind::Event);
            let facts = RelayFacts { phase: Phase::Unfinished, ..RelayFacts::default() };
            self.push(record, facts, Some(crate::evidence::index(at)), time);
        }
    }

    /// The years to add to times without one, and the covered span.
    fn settle(&mut self) -> i32 {
        let source = &mut *self.sink.source;
        let [dated, bare] = self.spans;
        let Some(last) = self.last else {
            source.span = dated;
            return 0;
        };
        let name = source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (years, why) = self.years.settle(Some(last), &name).unwrap_or((0, ""));
        let bare = bare.map(|span| year::moved(Span::instant(span.from), years).join(year::moved(Span::instant(span.to), years)));
        source.span = bare.into_iter().chain(dated).reduce(Span::join);
        source.year_unknown = why.is_empty();
        if let Some(span) = bare.filter(|_| !why.is_empty()) {
            let year = crate::evidence::day_time(span.to).chars().take(4).collect::<String>();
            source.note(1, format!("the lines have no year: {year}, by {why}"));
        }
        years
    }
}

/// Whether a line begins a mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begins {
    /// It only stands at the beginning of one.
    Certainly,
    /// It may stand at the beginning of one whose first line is missing.
    WhereClosed,
    /// It tells of one that is there.
    Never,
}
