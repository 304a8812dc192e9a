//! Mails that failed at first and went through have their place: what held them up is a finding, never a cause.

mod support;

use support::{TABLE, TRACE, arrival, folder, others, request, sostrace};

/// A request that was put off with a reply, and went out ten minutes later.
fn retried(number: u32, reply: &str) -> String {
    let put_off = request(number, "ap@fabrikam.example", number, "W", ("XS", 602), reply).replace("\t0805", "\t0755");
    put_off + &request(number, "ap@fabrikam.example", number, "S", ("XS", 718), "250 2.6.0 Queued mail for delivery")
}

#[test]
fn what_held_up_a_mail_is_told_beside_the_totals_and_in_the_findings() {
    let busy = "451 4.7.500 Server busy. Please try again later from [203.0.113.10]";
    let list = format!(
        "{TABLE}{}{}{}",
        retried(1, busy),
        retried(2, busy),
        request(3, "ap@fabrikam.example", 3, "S", ("XS", 718), "250 2.6.0 Queued mail for delivery")
    );
    let came: String = (1..4).map(|number| arrival(number, "ap@fabrikam.example", number, "Receive, Deliver")).collect();
    let place = folder(&[("sost.txt", list.as_bytes()), ("trace.csv", format!("{TRACE}{came}{}", others()).as_bytes())]);
    let (path, file) = (place.path().display().to_string(), place.path().join("findings.csv"));
    let to = format!("findings={}", file.display());
    let (code, out, err) = sostrace(&["analyze", &path, "--zone", "sap=UTC", "-o", &to]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("3 delivered") && !out.contains("Incidents"), "{out}");
    let told = out.lines().find(|line| line.contains("healed")).unwrap_or_default();
    assert!(told.contains("2 failed at first and went through by a later try: 2 REP-"), "{out}");
    let table = std::fs::read_to_string(file).unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("also,REP-")).collect();
    assert!(rows.len() == 2 && rows.iter().all(|row| row.contains(",delivered,")), "{table}");
}

/// What failed after the mail had arrived did not hold it up.
#[test]
fn only_a_failure_before_the_end_is_one_that_healed() {
    let busy = "451 4.7.500 Server busy. Please try again later from [203.0.113.10]";
    let row = |time: &str| request(1, "ap@fabrikam.example", 1, "W", ("XS", 602), busy).replace("\t0805", &format!("\t{time}"));
    let came = arrival(1, "ap@fabrikam.example", 1, "Receive, Deliver");
    let trace = format!("{TRACE}{came}{}", others());
    for (time, healed) in [("0755", true), ("0830", false)] {
        let place = folder(&[("sost.txt", format!("{TABLE}{}", row(time)).as_bytes()), ("trace.csv", trace.as_bytes())]);
        let (_, out, _) = sostrace(&["analyze", &place.path().display().to_string(), "--zone", "sap=UTC"]);
        assert!(out.contains("1 delivered") && out.contains("healed") == healed, "{time}: {out}");
    }
}
