//! Sign-ins of Entra: the download of the portal (CSV, JSON) and Graph's `signIn` (names of the fields: Microsoft's
//! documentation of both). What failed is kept: it tells why a logon of SAP got a 535 (rules.md, AUTH-08).
//!
//! Assumed: headers in other languages than English, and dates of a culture, as a spreadsheet program saves them again.

use super::sign_in_codes;
use crate::error::ReadError;
use crate::evidence::{ContextFacts, Evidence, Hop, Kind, Millis, Span};
use crate::formats::exchange::moment::{self, Dates, Order, Stamp};
use crate::formats::instant::iso;
use crate::formats::objects::{self, Outcome};
use crate::formats::records::{self, Place};
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use serde_json::Value;

/// Export of sign-ins.
pub struct SignIns;

impl Format for SignIns {
    fn id(&self) -> &'static str {
        "entra-sign-ins"
    }

    fn title(&self) -> &'static str {
        "Entra sign-in log (CSV, JSON)"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let (number, first) = lines(head).find(|(_, line)| !line.trim().is_empty())?;
        if first.trim_start().starts_with(['[', '{']) {
            let own = ["\"createdDateTime\"", "\"ipAddress\"", "\"clientAppUsed\"", "\"errorCode\""].iter().all(|key| head.contains(key));
            return own.then(|| Claim { confidence: 90, why: "JSON with the fields of a sign-in of Entra".to_owned() });
        }
        let columns = Columns::of(first)?;
        Some(Claim { confidence: 90, why: format!("line {number}: a CSV header with '{}' and an error code", columns.time_name) })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        sink.source.context = true;
        sink.source.utc = true;
        match lines(text).find(|(_, line)| !line.trim().is_empty()) {
            Some((_, first)) if first.trim_start().starts_with(['[', '{']) => read_json(text, sink),
            Some((number, first)) => read_csv(text, number, first, sink),
            None => {}
        }
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("sign_ins.sample.csv"), include_str!("sign_ins.sample.json")]
    }
}

/// What is kept of a sign-in.
#[derive(Default)]
struct SignIn {
    at: Option<Millis>,
    user: String,
    /// 0 for a success; `None` where the code can not be read.
    code: Option<u32>,
    reason: String,
    client: String,
    address: String,
}

/// Failures become facts, the others are well-formed rows of no matter here.
fn take(one: &SignIn, place: Place, sink: &mut Sink<'_>) -> Outcome {
    let at = one.at.ok_or("no time of a sign-in")?;
    let code = one.code.ok_or("no error code of a known form")?;
    sink.source.rows += 1;
    sink.source.cover(Span::second(at));
    // Logons of people by browser say nothing about SAP; an app's own token request names no client.
    let smtp = one.client.is_empty() || one.client.to_lowercase().contains("smtp");
    if code == 0 || !smtp {
        return Ok(Class::Frame);
    }
    let mut record = Evidence::at(sink.index, place.line, Hop::Exchange, Kind::Auth);
    (record.lines, record.local) = (place.lines, Some(Span::second(at)));
    let meaning = sign_in_codes::meaning(code).map_or_else(|| one.reason.clone(), str::to_owned);
    let client = if one.client.is_empty() { String::new() } else { format!(", {}", one.client) };
    let from = if one.address.is_empty() { String::new() } else { format!(" from {}", one.address) };
    let strings = &mut sink.store.strings;
    record.reply = strings.intern(&format!("{} {meaning} (Entra sign-in of {}{client}{from})", code, one.user));
    let facts = ContextFacts::SignIn { user: strings.intern(&one.user.to_lowercase()), address: strings.intern(&one.address), code };
    sink.store.push_context(record, facts);
    Ok(Class::Evidence)
}

/// Headers of the columns, lower case.
const TIME: &[&str] = &["date (utc)", "createddatetime", "datum (utc)", "fecha (utc)", "data (utc)", "date", "datum", "fecha", "data"];
const CODE: &[&str] = &[
    "sign-in error code",
    "errorcode",
    "status.errorcode",
    "fehlercode bei der anmeldung",
    "anmeldefehlercode",
    "code d’erreur de connexion",
    "code d'erreur de connexion",
    "código de error de inicio de sesión",
    "código de erro de início de sessão",
    "código de erro de entrada",
];
const USER: &[&str] = &[
    "username",
    "userprincipalname",
    "service principal name",
    "benutzername",
    "nom d’utilisateur",
    "nom d'utilisateur",
    "nombre de usuario",
    "nome de usuário",
    "nome de utilizador",
    // The name that is shown, where no other is told.
    "user",
    "benutzer",
    "utilisateur",
    "usuario",
    "usuário",
    "utilizador",
];
const REASON: &[&str] = &[
    "failure reason",
    "failurereason",
    "status.failurereason",
    "fehlerursache",
    "raison de l’échec",
    "raison de l'échec",
    "motivo del error",
    "motivo da falha",
];
const CLIENT: &[&str] =
    &["client app", "clientappused", "client-app", "application cliente", "aplicación cliente", "aplicativo cliente", "aplicação cliente"];
const ADDRESS: &[&str] = &["ip address", "ipaddress", "ip-adresse", "adresse ip", "dirección ip", "endereço ip"];

/// Positions of the columns.
struct Columns {
    time_name: String,
    delimiter: u8,
    width: usize,
    time: usize,
    code: usize,
    user: Option<usize>,
    reason: Option<usize>,
    client: Option<usize>,
    address: Option<usize>,
}

impl Columns {
    fn of(line: &str) -> Option<Self> {
        let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| line.bytes().filter(|b| b == d).count())?;
        let names: Vec<String> =
            line.split(char::from(delimiter)).map(|name| name.trim().trim_matches('"').trim().to_lowercase()).collect();
        let at = |wanted: &[&str]| wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted));
        let time = at(TIME)?;
        Some(Self {
            time_name: names[time].clone(),
            delimiter,
            width: names.len(),
            time,
            code: at(CODE)?,
            user: at(USER),
            reason: at(REASON),
            client: at(CLIENT),
            address: at(ADDRESS),
        })
    }
}

fn read_csv(text: &str, first: u32, header: &str, sink: &mut Sink<'_>) {
    lines(text).filter(|(number, line)| *number <= first || line.trim().is_empty()).for_each(|(number, _)| {
        sink.source.ledger.mark(number, Class::Frame);
    });
    let Some(columns) = Columns::of(header) else { return };
    if !columns.time_name.contains("utc") && columns.time_name != "createddatetime" {
        sink.source.note(first, "the header does not say UTC: it is taken for it, a guess");
    }
    let from = header.as_ptr().addr().wrapping_sub(text.as_ptr().addr()).saturating_add(header.len());
    let body = text.get(from..).unwrap_or("");
    let order = order(body, first, &columns, sink);
    let delimiter = char::from(columns.delimiter);
    let begins_row = |line: &str| line.split(delimiter).count() >= columns.width;
    records::each(body, first, columns.delimiter, &begins_row, &mut |row, place| match row {
        Ok(row) => {
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |cell| cell.trim()).to_owned();
            let one = SignIn {
                at: moment::at(&cell(Some(columns.time)), order).map(|at| at.from),
                user: cell(columns.user),
                code: error_code(&cell(Some(columns.code))),
                reason: cell(columns.reason),
                client: cell(columns.client),
                address: cell(columns.address),
            };
            objects::enter(&[(place, take(&one, place, sink))], sink);
        }
        Err(reason) => sink.source.ledger.reject(place.line, reason),
    });
}

/// Order of day and month, which the whole column settles.
fn order(body: &str, header: u32, columns: &Columns, sink: &mut Sink<'_>) -> Option<Order> {
    let mut dates = Dates::default();
    let mut reader = csv::ReaderBuilder::new().delimiter(columns.delimiter).has_headers(false).flexible(true).from_reader(body.as_bytes());
    let (mut row, mut written) = (csv::StringRecord::new(), false);
    while matches!(reader.read_record(&mut row), Ok(true)) {
        let cell = row.get(columns.time).unwrap_or("").trim();
        written |= matches!(moment::stamp(cell), Some(Stamp::Either(..)));
        dates.see(cell, None);
    }
    let (order, doubt) = written.then(|| dates.settle())?;
    if let Some(doubt) = doubt {
        sink.source.note(header, doubt);
    }
    Some(order)
}

/// An array of sign-ins, Graph's answer around one, or one object after the other.
fn read_json(text: &str, sink: &mut Sink<'_>) {
    objects::each(text, "createddatetime", sink, &mut |object, own, place, sink| {
        // Objects inside of a sign-in (its status) are none; one of their own fields tells a sign-in without a time.
        let whole = own || object.keys().any(|key| matches!(key.as_str(), "ipAddress" | "clientAppUsed" | "userPrincipalName"));
        whole.then(|| take(&of_json(&Value::Object(object)), place, sink))
    });
}

fn of_json(value: &Value) -> SignIn {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let status = |key: &str| value.get("status").and_then(|status| status.get(key));
    let user = text("userPrincipalName");
    SignIn {
        at: iso(&text("createdDateTime")),
        user: if user.is_empty() { text("servicePrincipalName") } else { user },
        code: status("errorCode").map_or(Some(0), |code| error_code(code.as_str().unwrap_or(&code.to_string()))),
        reason: status("failureReason").and_then(Value::as_str).unwrap_or("").to_owned(),
        client: text("clientAppUsed"),
        address: text("ipAddress"),
    }
}

/// `50126` or `AADSTS50126`; a success has 0 or none.
fn error_code(text: &str) -> Option<u32> {
    match text.trim() {
        "" | "null" => Some(0),
        text => text.strip_prefix("AADSTS").unwrap_or(text).parse().ok(),
    }
}
