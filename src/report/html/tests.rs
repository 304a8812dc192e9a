//! What the page holds where there are more mails than it has room for.

use super::*;
use crate::pipeline::{Options, ReadOptions, analyse, read_with};
use crate::rules::Catalogue;
use serde_json::Value;
use std::path::Path;

fn block(page: &str, id: &str) -> Value {
    let (_, rest) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn what_has_no_room_is_told() {
    let catalogue = Catalogue::builtin().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/connector-mismatch");
    let reading = read_with(&[sample], &ReadOptions { texts: true, ..ReadOptions::default() }, &mut ());
    let analysis = analyse(reading, &catalogue, &Options::default(), &mut ()).unwrap();
    let run = Run::new(&analysis, &catalogue);
    let failed = analysis.journeys.iter().filter(|journey| journey.verdict.failed()).count();
    for (rows, timelines, plain) in [(failed + 2, 3, 2), (7, 7, 7), (1000, 1000, 1000)] {
        let mut out = Vec::new();
        let remarks = write_with(run, Limits { rows, timelines, plain }, &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        let (data, told) = (block(&page, "journeys-data"), block(&page, "timelines-data"));
        assert_eq!(data["rows"], rows.min(321));
        assert_eq!(data["all"], 321);
        assert_eq!(told.as_array().unwrap().len(), timelines.min(321));
        let column = data["columns"].as_array().unwrap().iter().find(|column| column["name"] == "verdict").unwrap();
        let at = |row: usize| usize::try_from(column["texts"]["at"][row].as_u64().unwrap()).unwrap();
        let verdicts: Vec<&str> = (0..rows.min(321)).map(|row| column["texts"]["texts"][at(row)].as_str().unwrap()).collect();
        assert_eq!(verdicts.iter().filter(|verdict| **verdict != "delivered").count(), failed.min(rows));
        assert!(verdicts.iter().take(failed).all(|verdict| *verdict != "delivered"), "what failed comes first");
        assert_eq!(remarks.len(), usize::from(rows < 321) + usize::from(timelines < rows.min(321)), "{remarks:?}");
        for remark in &remarks {
            assert!(page.contains(&remark.replace('\'', "&#x27;").replace('/', "&#x2f;")), "{remark}");
        }
        let (_, table) = page.split_once("<div id=\"plain\">").unwrap();
        assert_eq!(table.split_once("</table>").unwrap().0.matches("<tr><td").count(), failed.min(plain));
    }
}

/// What nobody kept cannot be shown, and the page says so.
#[test]
fn without_texts_the_places_are_told() {
    let catalogue = Catalogue::builtin().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/night-outage");
    let reading = read_with(&[sample], &ReadOptions::default(), &mut ());
    let analysis = analyse(reading, &catalogue, &Options::default(), &mut ()).unwrap();
    let mut out = Vec::new();
    write(Run::new(&analysis, &catalogue), &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    assert!(page.contains("The lines of the sources were not kept"));
    let told = block(&page, "timelines-data");
    let events: Vec<&Value> = told.as_array().unwrap().iter().flat_map(|events| events.as_array().unwrap()).collect();
    assert!(events.iter().all(|event| event.get("l").is_none()) && events.iter().any(|event| event.get("p").is_some()));
}
