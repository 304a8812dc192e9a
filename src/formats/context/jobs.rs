//! SM37's list of background jobs, or table TBTCO: when the send job ran (sost.md section 5.1).
//!
//! No export of the list has been published: the columns are those of the screen and of TBTCO, matched by name.

use crate::error::ReadError;
use crate::evidence::{ContextFacts, Evidence, Hop, JobStatus, Kind, Millis, Span};
use crate::formats::records;
use crate::formats::sap::datetime::{self, Form};
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};

/// A column that matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Column {
    Name,
    Program,
    Status,
    StartDate,
    StartTime,
    EndDate,
    EndTime,
    Duration,
}

/// Headings, letters and digits only: the list in English, German, French, Spanish and Portuguese, fields of TBTCO.
const HEADINGS: &[(Column, &[&str])] = &[
    (Column::Name, &["job", "jobname", "jobbezeichnung", "nombredejob", "nombrejob", "nomdujob", "nomjob", "nomedojob", "nomejob"]),
    (
        Column::Program,
        &[
            "progname",
            "program",
            "programname",
            "programmname",
            "abapprogram",
            "abapprogramm",
            "programme",
            "nomduprogramme",
            "programa",
            "nombredeprograma",
            "nomedoprograma",
        ],
    ),
    (Column::Status, &["status", "jobstatus", "stat", "statut", "statutdujob", "estado", "estadodejob", "statusdojob"]),
    (
        Column::StartDate,
        &[
            "startdate",
            "startdatum",
            "strtdate",
            "actstartdate",
            "iststartdatum",
            "datededébut",
            "datedébut",
            "datedelancement",
            "fechadeinicio",
            "fechainicio",
            "datadeinício",
            "datainício",
            "datadoinício",
        ],
    ),
    (
        Column::StartTime,
        &[
            "starttime",
            "startzeit",
            "startuhrzeit",
            "strttime",
            "heurededébut",
            "heuredébut",
            "heuredelancement",
            "horadeinicio",
            "horainicio",
            "horadeinício",
            "horainício",
            "horadoinício",
        ],
    ),
    (
        Column::EndDate,
        &["enddate", "enddatum", "endedatum", "datedefin", "datefin", "fechadefin", "fechafin", "datadefim", "datafim", "datadofim"],
    ),
    (
        Column::EndTime,
        &["endtime", "endzeit", "endeuhrzeit", "heuredefin", "heurefin", "horadefin", "horafin", "horadefim", "horafim", "horadofim"],
    ),
    // With any unit behind it.
    (Column::Duration, &["duration", "dauer", "durée", "duración", "duração"]),
];

/// List of background jobs.
pub struct Jobs;

impl Format for Jobs {
    fn id(&self) -> &'static str {
        "sap-jobs"
    }

    fn title(&self) -> &'static str {
        "SAP list of background jobs (SM37, TBTCO)"
    }

    fn hop(&self) -> Hop {
        Hop::Sap
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let (number, _) = lines(head).find_map(|(number, line)| Some((number, Header::of(line)?)))?;
        Some(Claim { confidence: 90, why: format!("line {number}: a header with job name, status and start") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        sink.source.context = true;
        let (mut header, mut rows): (Option<Header>, Vec<Row<'_>>) = (None, Vec::new());
        for (number, line) in lines(text) {
            if let Some(found) = Header::of(line) {
                header = Some(found);
                sink.source.ledger.mark(number, Class::Frame);
            } else if let Some(row) = header.as_ref().and_then(|header| header.row(number, line)) {
                rows.push(row);
            } else if header.is_none()
                || line.chars().all(|c| matches!(c, '-' | '|' | '+' | ' ' | '\t' | ';' | ','))
                || header.as_ref().is_some_and(|header| header.is_outside(line))
            {
                sink.source.ledger.mark(number, Class::Frame);
            } else {
                sink.source.ledger.reject(number, "no row of the list of jobs");
            }
        }
        emit(&rows, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("jobs.sample.txt"), include_str!("jobs_table.sample.txt"), include_str!("jobs.sample.csv")]
    }
}

/// What stands between cells: pipes, tabs, or the separator of a CSV that a spreadsheet program saved.
fn between(line: &str) -> u8 {
    let most = |of: [u8; 3]| of.into_iter().rev().max_by_key(|sign| line.bytes().filter(|b| b == sign).count()).unwrap_or(b'\t');
    if line.starts_with('|') { b'|' } else { most([b'\t', b';', b',']) }
}

fn cells(line: &str, between: u8) -> Vec<&str> {
    let line = line.trim_end_matches('\r');
    let framed = line.trim_end().strip_prefix('|').map(|inner| inner.strip_suffix('|').unwrap_or(inner));
    let inner = framed.filter(|_| between == b'|').unwrap_or(line);
    let quoted = records::cells(inner, between).filter(|_| matches!(between, b';' | b','));
    quoted.unwrap_or_else(|| inner.split(char::from(between)).collect()).into_iter().map(str::trim).collect()
}

/// Which cell holds what.
struct Header {
    columns: Vec<Option<Column>>,
    between: u8,
}

impl Header {
    fn of(line: &str) -> Option<Self> {
        let meaning = |cell: &str| {
            let bare: String = cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            let is = |column: &Column, name: &str| if *column == Column::Duration { bare.starts_with(name) } else { bare == name };
            HEADINGS.iter().find(|(column, names)| names.iter().any(|name| is(column, name))).map(|(column, _)| *column)
        };
        let between = between(line);
        let columns: Vec<Option<Column>> = cells(line, between).into_iter().map(meaning).collect();
        let has = |column| columns.contains(&Some(column));
        let whole = has(Column::Name) && has(Column::StartDate) && has(Column::StartTime);
        whole.then_some(Self { columns, between })
    }

    /// Page headers and totals stand outside of the cells.
    fn is_outside(&self, line: &str) -> bool {
        !line.contains(char::from(self.between))
    }

    fn row<'a>(&self, line: u32, text: &'a str) -> Option<Row<'a>> {
        let cells = cells(text, self.between);
        if text.starts_with('|') != (self.between == b'|') || cells.len() < 2 || cells.len() > self.columns.len() + 1 {
            return None;
        }
        let cell =
            |column| self.columns.iter().position(|known| *known == Some(column)).and_then(|at| cells.get(at)).map_or("", |cell| *cell);
        (!cell(Column::Name).is_empty() && !cell(Column::Name).contains("---")).then(|| Row {
            line,
            name: cell(Column::Name),
            program: cell(Column::Program),
            status: cell(Column::Status),
            start: (cell(Column::StartDate), cell(Column::StartTime)),
            end: (cell(Column::EndDate), cell(Column::EndTime)),
            duration: cell(Column::Duration),
        })
    }
}

/// A job as listed.
struct Row<'a> {
    line: u32,
    name: &'a str,
    program: &'a str,
    status: &'a str,
    start: (&'a str, &'a str),
    end: (&'a str, &'a str),
    duration: &'a str,
}

impl Row<'_> {
    /// The report's own name, or the one SAP's documentation gives its job.
    fn sends(&self) -> bool {
        [self.name, self.program].iter().any(|text| {
            let text = text.to_ascii_uppercase();
            text.contains("RSCONN01") || text.contains("SAPCONNECT")
        })
    }

    fn started(&self, form: &Form) -> Option<Span> {
        moment(self.start, form)
    }

    fn ended(&self, form: &Form, start: Span) -> Span {
        let seconds: Option<Millis> = self.duration.replace(['.', ',', ' '], "").parse().ok();
        let by_duration = seconds.filter(|seconds| (0..=31_536_000).contains(seconds)).map(|seconds| start.shifted(seconds * 1000));
        moment(self.end, form).or(by_duration).filter(|end| *end >= start).unwrap_or(start)
    }
}

fn moment((date, time): (&str, &str), form: &Form) -> Option<Span> {
    let day = datetime::date(date, form.order).filter(|_| !datetime::blank(date))?;
    Some(datetime::moment(day, datetime::time(time)))
}

/// Runs of the send job become facts; other jobs widen the span of the list, for they show how far it goes.
fn emit(rows: &[Row<'_>], sink: &mut Sink<'_>) {
    let form = datetime::form(rows.iter().flat_map(|row| [row.start.0, row.end.0]));
    let first = rows.first().map_or(1, |row| row.line);
    form.doubts.iter().for_each(|doubt| sink.source.note(first, *doubt));
    let named = rows.iter().any(Row::sends);
    let alone = rows.iter().all(|row| row.name == rows[0].name);
    if !named && !rows.is_empty() {
        sink.source.note(
            first,
            if alone {
                "no job is called RSCONN01 or SAPCONNECT: the only job listed is taken for the send job, a guess"
            } else {
                "no job is called RSCONN01 or SAPCONNECT: which one sends mails is unknown, select it in SM37 by its program"
            },
        );
    }
    for row in rows {
        let Some(start) = row.started(&form) else {
            // Planned and released jobs have not started.
            if datetime::blank(row.start.0) {
                sink.source.ledger.mark(row.line, Class::Frame);
            } else {
                sink.source.ledger.reject(row.line, "no start of a known form");
            }
            continue;
        };
        sink.source.cover(start);
        sink.source.rows += 1;
        let sends = if named { row.sends() } else { alone };
        sink.source.ledger.mark(row.line, if sends { Class::Evidence } else { Class::Frame });
        if sends {
            let mut record = Evidence::at(sink.index, row.line, Hop::Sap, Kind::Config);
            record.local = Some(start);
            let status = JobStatus::of(row.status);
            record.reply = sink.store.strings.intern(&format!("send job {} {}", row.name, status.word()));
            let seconds = (row.ended(&form, start).from - start.from) / 1000;
            sink.store.push_context(record, ContextFacts::Job { status, seconds });
        }
    }
}
