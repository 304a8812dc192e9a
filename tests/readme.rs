//! The commands of the README give what the README shows. `TRYCMD=overwrite cargo test --test readme` renews it.

#[test]
fn examples_print_what_they_show() {
    trycmd::TestCases::new().case("README.md").case("CONTRIBUTING.md");
}
