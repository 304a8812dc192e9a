//! The page in a real browser: filters, order, keys, timelines, no complaint, no request, and all of it without a script too.
//! It needs Chromium and Node.js, and says so where they are missing; the checks themselves stand in `browser/report.mjs`.

mod support;

use std::path::Path;
use std::process::{Command, Stdio};
use support::{TABLE, folder, repository, request, sostrace};

/// Names under which systems install Chromium.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// Texts that would be a part of the page if they were not escaped.
const HOSTILE: [&str; 3] = ["<img src=x onerror=\"window.hacked=1\">", "</script><script>window.hacked=2</script>", "\"><b>&amp;"];

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn page(path: &str, to: &Path) -> String {
    let file = to.display().to_string();
    let (code, _, err) = sostrace(&["analyze", path, "-q", "-o", &file]);
    assert_eq!((code, err.as_str()), (0, ""));
    file
}

#[test]
fn the_page_in_a_browser() {
    let Some(browser) = BROWSERS.into_iter().find(|name| runs(name)).filter(|_| runs("node")) else {
        eprintln!("skipped: Chromium or Node.js is not installed");
        return;
    };
    let refusal = "550 5.7.64 TenantAttribution; Relay Access Denied";
    let row = |(number, subject): (u32, &str)| {
        request(number, &format!("ap{number}@fabrikam.example"), 0, "E", ("XS", 806), refusal)
            .replace(&format!("Invoice {number}"), subject)
    };
    let hostile: String = (1..).zip(HOSTILE).map(row).collect();
    let folder = folder(&[("sost.txt", format!("{TABLE}{hostile}").as_bytes())]);
    let report = page("samples/connector-mismatch", &folder.path().join("report.html"));
    let hostile = page(&folder.path().join("sost.txt").display().to_string(), &folder.path().join("hostile.html"));
    let script = repository("tests/browser/report.mjs");
    let output = Command::new("node").arg(script).args([browser, &report, &hostile]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    println!("{told}");
}
