//! Job logs of the send job, one or several in a file: date, time, text, message class, number and type per line.
//!
//! No export has been published: lines are recognised by date and time, runs by the messages 00 516 to 518 (job started,
//! finished, cancelled) or their English or German words.

use crate::error::ReadError;
use crate::evidence::{ContextFacts, Evidence, Hop, JobStatus, Kind, Span};
use crate::formats::sap::datetime::{self, Form};
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};

/// Report that sends (sost.md section 5.1).
const REPORT: &str = "RSCONN01";

/// Log of the send job.
pub struct JobLog;

impl Format for JobLog {
    fn id(&self) -> &'static str {
        "sap-job-log"
    }

    fn title(&self) -> &'static str {
        "SAP job log of the send job (SM37)"
    }

    fn hop(&self) -> Hop {
        Hop::Sap
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let step =
            |line: &str| Entry::of(line).is_some_and(|entry| entry.text.contains(REPORT) && entry.text.to_lowercase().contains("program"));
        let (number, _) = lines(head).find(|(_, line)| step(line))?;
        Some(Claim { confidence: 85, why: format!("line {number}: a step of a job that runs {REPORT}") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        sink.source.context = true;
        let form = datetime::form(lines(text).filter_map(|(_, line)| Entry::of(line)).map(|entry| entry.date));
        form.doubts.iter().for_each(|doubt| sink.source.note(1, *doubt));
        let mut run: Option<Run> = None;
        for (number, line) in lines(text) {
            // A text that goes on, headings, rules: none of them is a message of its own.
            sink.source.ledger.mark(number, Class::Frame);
            let Some(entry) = Entry::of(line) else { continue };
            let Some(at) = entry.moment(&form) else {
                sink.source.ledger.reject(number, "no moment of a known form");
                continue;
            };
            sink.source.cover(at);
            let status = entry.status();
            if status == Some(JobStatus::Active) {
                emit(run.take(), sink);
            }
            let run = run.get_or_insert(Run { line: number, lines: 1, from: at, to: at, status: JobStatus::Active, sends: false });
            run.lines = number - run.line + 1;
            run.to = at;
            run.sends |= entry.text.contains(REPORT);
            run.status = status.unwrap_or(run.status);
        }
        emit(run, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("job_log.sample.txt"), include_str!("job_log.sample.csv")]
    }
}

/// What stands between values: blanks, the frame of a list, or the separators and quotes of a CSV.
fn separates(c: char) -> bool {
    c.is_whitespace() || matches!(c, '|' | ';' | ',' | '"')
}

/// A message of the log.
#[derive(Clone, Copy)]
struct Entry<'a> {
    date: &'a str,
    time: &'a str,
    text: &'a str,
}

impl<'a> Entry<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (date, rest) = line.trim_start_matches(separates).split_once(separates)?;
        let (time, text) = rest.trim_start_matches(separates).split_once(separates)?;
        (dated(date) && datetime::time(time).is_some()).then(|| Self { date, time, text: text.trim_matches(separates) })
    }

    fn moment(&self, form: &Form) -> Option<Span> {
        Some(datetime::moment(datetime::date(self.date, form.order)?, datetime::time(self.time)))
    }

    /// What the message says about the whole job.
    fn status(&self) -> Option<JobStatus> {
        let mut words = self.text.split(separates).filter(|word| !word.is_empty()).rev().take(3);
        let number = words.find(|word| word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit()));
        let class = words.next() == Some("00");
        let begins = |all: &[&str]| all.iter().any(|known| self.text.starts_with(known));
        match number.filter(|_| class) {
            Some("516") => Some(JobStatus::Active),
            Some("517") => Some(JobStatus::Finished),
            Some("518") => Some(JobStatus::Cancelled),
            _ if begins(&["Job started", "Job wurde gestartet", "Job gestartet", "Job démarré", "Job lancé", "Job iniciado"]) => {
                Some(JobStatus::Active)
            }
            _ if begins(&[
                "Job finished",
                "Job wurde beendet",
                "Job beendet",
                "Job terminé",
                "Job terminado",
                "Job concluído",
                "Job finalizado",
                "Job encerrado",
            ]) =>
            {
                Some(JobStatus::Finished)
            }
            _ if begins(&[
                "Job cancelled",
                "Job canceled",
                "Job wurde abgebrochen",
                "Job abgebrochen",
                "Job interrompu",
                "Job cancelado",
                "Job interrumpido",
            ]) =>
            {
                Some(JobStatus::Cancelled)
            }
            _ => None,
        }
    }
}

/// The shape of a date, also of one that no calendar has in the order of the file.
fn dated(text: &str) -> bool {
    datetime::is_date(text) || text.len() == 10 && text.split(['.', '/', '-']).filter(|part| part.parse::<u32>().is_ok()).count() == 3
}

/// One run of a job.
struct Run {
    line: u32,
    lines: u32,
    from: Span,
    to: Span,
    status: JobStatus,
    sends: bool,
}

fn emit(run: Option<Run>, sink: &mut Sink<'_>) {
    let Some(run) = run.filter(|run| run.sends) else { return };
    sink.source.ledger.mark_run(run.line, run.lines, Class::Evidence);
    sink.source.rows += 1;
    let mut record = Evidence::at(sink.index, run.line, Hop::Sap, Kind::Config);
    (record.lines, record.local) = (run.lines, Some(run.from));
    record.reply = sink.store.strings.intern(&format!("send job {}", run.status.word()));
    let seconds = (run.to.from - run.from.from).max(0) / 1000;
    sink.store.push_context(record, ContextFacts::Job { status: run.status, seconds });
}
