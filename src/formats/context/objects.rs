//! Objects as PowerShell prints or exports them: `Format-List`, the default table, `Export-Csv`.
//!
//! `Format-List` pads the names to one width and goes on with a long value on the next line, indented to the column of
//! the values; the table draws a line of dashes below its header, which gives the columns.

use crate::formats::records;
use crate::source::lines;

/// An object with its properties.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// First physical line.
    pub line: u32,
    /// Physical lines from there on, blank ones at the end left out.
    pub lines: u32,
    /// Name and value as written.
    pub fields: Vec<(String, String)>,
}

impl Object {
    /// Value of a property, by its name without regard to case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A switch: `True`, `False`, `$true`.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)?.trim_start_matches('$').to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

/// What a text holds, in order of lines. Lines that belong to nothing here are given up.
#[derive(Debug)]
pub enum Part {
    /// An object.
    Object(Object),
    /// Header, dashes, prompt, blank: so many lines of frame from a line on.
    Frame(u32),
    /// A line that is none of these, and why.
    Stray(u32, &'static str),
}

/// `Name : value` of a list.
pub fn list_field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let bare = name.trim_end();
    let shape = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (shape && (value.is_empty() || value.starts_with(' ')) && name.len() > bare.len()).then(|| (bare, value.trim()))
}

/// Header of a CSV: its delimiter and names, where it has one of the names that are looked for.
pub fn csv_header(line: &str, known: &[&str]) -> Option<(u8, Vec<String>)> {
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| line.bytes().filter(|b| b == d).count())?;
    let names: Vec<String> = line.split(char::from(delimiter)).map(|name| name.trim().trim_matches('"').to_owned()).collect();
    let hit = |name: &&str| names.iter().any(|own| own.eq_ignore_ascii_case(name));
    (names.len() > 1 && known.iter().any(hit)).then_some((delimiter, names))
}

/// Reads a text of lists, tables or one CSV. `known` are names of which the header of a CSV must have one.
pub fn read(text: &str, known: &[&str], take: &mut dyn FnMut(Part)) {
    let first = lines(text).find(|(_, line)| !line.trim().is_empty() && !line.starts_with("#TYPE"));
    match first.and_then(|(number, line)| Some((number, line, csv_header(line, known)?))) {
        Some((number, line, (delimiter, names))) => {
            (1..=number).for_each(|at| take(Part::Frame(at)));
            let from = line.as_ptr().addr().wrapping_sub(text.as_ptr().addr()).saturating_add(line.len());
            rows(text.get(from..).unwrap_or(""), number, delimiter, &names, take);
        }
        None => Printed::default().read(text, take),
    }
}

fn rows(body: &str, first: u32, delimiter: u8, names: &[String], take: &mut dyn FnMut(Part)) {
    let mut next = first + 1;
    let begins_row = |line: &str| line.split(char::from(delimiter)).count() >= names.len();
    records::each(body, first, delimiter, &begins_row, &mut |row, place| {
        (next..place.line).for_each(|at| take(Part::Frame(at)));
        next = place.line + place.lines;
        match row {
            Ok(row) if row.len() > 1 => {
                let fields = names.iter().cloned().zip(row.iter().map(|cell| cell.trim().to_owned()));
                take(Part::Object(Object { line: place.line, lines: place.lines, fields: fields.collect() }));
            }
            _ => (place.line..next).for_each(|at| take(Part::Stray(at, "not a row of this table"))),
        }
    });
    // The body begins behind the header's text, so its first line is the header's own.
    let end = first + u32::try_from(lines(body).count()).unwrap_or(u32::MAX - first);
    (next..end).for_each(|at| take(Part::Frame(at)));
}

/// Reads what was printed on a console.
#[derive(Default)]
struct Printed {
    object: Object,
    /// Columns of the table that is being read: where each begins, and its name.
    columns: Vec<(usize, String)>,
    /// The line before, while it may turn out to be the header of a table.
    header: Option<(u32, String)>,
}

impl Printed {
    fn read(mut self, text: &str, take: &mut dyn FnMut(Part)) {
        for (number, line) in lines(text) {
            self.line(number, line, take);
        }
        self.flush(take);
        self.stray_header(take);
    }

    fn line(&mut self, number: u32, line: &str, take: &mut dyn FnMut(Part)) {
        let bare = line.trim();
        if let Some((at, names)) = self.header.take_if(|_| dashes(bare)) {
            self.columns = columns(&names, line);
            take(Part::Frame(at));
            return take(Part::Frame(number));
        }
        self.stray_header(take);
        if bare.is_empty() {
            self.flush(take);
            self.columns.clear();
            take(Part::Frame(number));
        } else if bare.starts_with("PS ") && bare.contains('>') || bare.starts_with("#TYPE") {
            self.flush(take);
            take(Part::Frame(number));
        } else if !self.columns.is_empty() {
            take(Part::Object(self.row(number, line)));
        } else if let Some((name, value)) = list_field(line) {
            self.field(number, name, value, take);
        } else if line.starts_with(char::is_whitespace) && !self.object.fields.is_empty() {
            self.go_on(number, bare);
        } else {
            self.flush(take);
            self.header = Some((number, line.to_owned()));
        }
    }

    fn field(&mut self, number: u32, name: &str, value: &str, take: &mut dyn FnMut(Part)) {
        if self.object.get(name).is_some() {
            self.flush(take);
        }
        if self.object.fields.is_empty() {
            self.object.line = number;
        }
        self.object.lines = number - self.object.line + 1;
        self.object.fields.push((name.to_owned(), value.to_owned()));
    }

    /// A value that goes on: the console breaks it anywhere, a list mostly behind a comma.
    fn go_on(&mut self, number: u32, rest: &str) {
        self.object.lines = number - self.object.line + 1;
        if let Some((_, value)) = self.object.fields.last_mut() {
            if value.ends_with([',', ';']) {
                value.push(' ');
            }
            value.push_str(rest);
        }
    }

    fn row(&self, number: u32, line: &str) -> Object {
        let ends = self.columns.iter().skip(1).map(|(at, _)| *at).chain([usize::MAX]);
        let cell = |((from, name), to): (&(usize, String), usize)| {
            let value: String = line.chars().skip(*from).take(to - *from).collect();
            (name.clone(), value.trim().to_owned())
        };
        Object { line: number, lines: 1, fields: self.columns.iter().zip(ends).map(cell).collect() }
    }

    fn flush(&mut self, take: &mut dyn FnMut(Part)) {
        let object = std::mem::take(&mut self.object);
        if !object.fields.is_empty() {
            take(Part::Object(object));
        }
    }

    fn stray_header(&mut self, take: &mut dyn FnMut(Part)) {
        if let Some((at, _)) = self.header.take() {
            take(Part::Stray(at, "neither a property nor a row of a table"));
        }
    }
}

/// The line below the header of a table.
pub fn dashes(line: &str) -> bool {
    line.starts_with("--") && line.bytes().all(|b| matches!(b, b'-' | b' '))
}

/// Columns from the line of dashes; the names stand above. The first column takes all that stands left of it.
fn columns(header: &str, dashes: &str) -> Vec<(usize, String)> {
    let mut starts: Vec<usize> = Vec::new();
    let mut before = ' ';
    for (at, c) in dashes.chars().enumerate() {
        if c == '-' && before != '-' {
            starts.push(at);
        }
        before = c;
    }
    let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
    let name = |(from, to): (usize, usize)| header.chars().skip(from).take(to - from).collect::<String>().trim().to_owned();
    starts.iter().copied().zip(ends).map(|(from, to)| (from, name((from, to)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        read(text, &["DomainType"], &mut |part| {
            out.push(match part {
                Part::Object(object) => {
                    let fields: Vec<String> = object.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
                    format!("{}+{} {}", object.line, object.lines, fields.join("|"))
                }
                Part::Frame(at) => format!("{at} frame"),
                Part::Stray(at, _) => format!("{at} stray"),
            });
        });
        out
    }

    #[test]
    fn lists_tables_and_csv() {
        let rows: [(&str, &[&str]); 5] = [
            (
                "\nName   : a\nIPs    : {192.0.2.1,\n         192.0.2.2}\n\nName   : b\n",
                &["1 frame", "2+3 Name=a|IPs={192.0.2.1, 192.0.2.2}", "5 frame", "6+1 Name=b"],
            ),
            ("Name : a\nName : b", &["1+1 Name=a", "2+1 Name=b"]),
            (
                "PS C:\\> Get-AcceptedDomain\n\nName    DomainName       Default\n----    ----------       -------\nMain    contoso.example  True\n\nodd",
                &[
                    "1 frame",
                    "2 frame",
                    "3 frame",
                    "4 frame",
                    "5+1 Name=Main|DomainName=contoso.example|Default=True",
                    "6 frame",
                    "7 stray",
                ],
            ),
            (
                "#TYPE x\r\n\"Name\",\"DomainType\"\r\n\"a\",\"Authoritative\"\r\n\r\n\"b\",\"InternalRelay\"\r\n",
                &["1 frame", "2 frame", "3+1 Name=a|DomainType=Authoritative", "4 frame", "5+1 Name=b|DomainType=InternalRelay"],
            ),
            ("a line\nanother", &["1 stray", "2 stray"]),
        ];
        for (text, want) in rows {
            assert_eq!(all(text), want, "{text:?}");
        }
    }
}
