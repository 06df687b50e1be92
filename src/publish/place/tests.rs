//! The places that environments and events name, and those that are refused.

use super::Place;
use std::collections::BTreeMap;

const RUN: &str = "1111111111111111111111111111111111111111";
const HEAD: &str = "2222222222222222222222222222222222222222";
const OTHER: &str = "3333333333333333333333333333333333333333";

fn place(more: &[(&str, &str)], event: Option<&str>) -> Result<Place, String> {
    let always = [("GITHUB_REPOSITORY", "acme/isms"), ("GITHUB_SHA", RUN)];
    let environment: BTreeMap<String, String> =
        always.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Place::of(&environment, event.map(str::as_bytes))
}

fn event(head: &str) -> String {
    format!(
        r#"{{"action": "opened", "pull_request": {{"number": 7,
            "head": {{"sha": "{HEAD}", "repo": {head}}},
            "base": {{"sha": "{OTHER}", "repo": {{"full_name": "acme/isms", "fork": false}}}}}}}}"#
    )
}

#[test]
fn a_push_is_published_at_its_commit() {
    let place = place(&[("GITHUB_EVENT_NAME", "push")], Some("{}")).expect("is one");
    assert_eq!((place.commit.as_str(), place.pull_request, place.read_only), (RUN, None, None));
    assert_eq!(place.api, "https://api.github.com");
    assert_eq!(place.stands_for(Some(RUN), false), Ok(()));
    for (judged, uncommitted) in [(Some(OTHER), false), (Some(RUN), true), (None, false)] {
        assert!(place.stands_for(judged, uncommitted).is_err(), "{judged:?}");
    }
}

#[test]
fn a_pull_request_is_published_at_its_head() {
    let own = event(r#"{"full_name": "acme/isms"}"#);
    let of = |name: &str, event: &str| place(&[("GITHUB_EVENT_NAME", name)], Some(event)).expect("is one");
    let there = of("pull_request", &own);
    assert_eq!((there.commit.as_str(), there.pull_request, there.read_only), (HEAD, Some(7), None));
    // What is checked out is the merge of the head, or the head itself.
    assert!(there.stands_for(Some(RUN), false).is_ok() && there.stands_for(Some(HEAD), false).is_ok());
    // Here it is the branch that the change is to enter: no word on the change.
    for name in ["pull_request_target", "issue_comment"] {
        let there = of(name, &own);
        assert!(there.stands_for(Some(RUN), false).is_err() && there.stands_for(Some(HEAD), false).is_ok());
    }
    for fork in [r#"{"full_name": "eve/isms"}"#, "null"] {
        assert!(of("pull_request", &event(fork)).read_only.is_some_and(|why| why.contains("fork")));
    }
    assert!(place(&[("GITHUB_EVENT_NAME", "pull_request")], None).is_err());
}

#[test]
fn a_token_goes_to_known_addresses_only() {
    let of = |address: &str| place(&[("GITHUB_API_URL", address)], None);
    for address in
        ["https://ghe.example.org/api/v3", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"]
    {
        assert_eq!(of(address).expect("is one").api, address);
    }
    assert_eq!(of("https://ghe.example.org/api/v3/").expect("is one").api, "https://ghe.example.org/api/v3");
    let refused = [
        "http://api.github.com",
        "http://127.0.0.1.example.org",
        "http://localhost@example.org",
        "https://name:word@example.org",
        "https://example.org/?x",
        "https://example.org/#x",
        "https://exa mple.org",
        "https:///x",
        "ftp://example.org",
        "example.org",
    ];
    for address in refused {
        assert!(of(address).is_err(), "{address}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[("GITHUB_REPOSITORY", "")], "GITHUB_REPOSITORY"),
        (&[("GITHUB_REPOSITORY", "acme")], "owner/name"),
        (&[("GITHUB_REPOSITORY", "acme/../x")], "owner/name"),
        (&[("GITHUB_REPOSITORY", "acme/..")], "owner/name"),
        (&[("GITHUB_SHA", "")], "GITHUB_SHA"),
        (&[("GITHUB_SHA", "main")], "full id"),
    ];
    for (more, told) in cases {
        let why = place(more, None).expect_err(told);
        assert!(why.contains(told), "{why}");
    }
    assert!(place(&[], Some("[[[[")).expect_err("no JSON").contains("GITHUB_EVENT_PATH"));
}

#[test]
fn the_page_of_the_run_is_named_where_it_is_known() {
    let run = [("GITHUB_SERVER_URL", "https://github.com"), ("GITHUB_RUN_ID", "12")];
    let page = place(&run, None).expect("is one").details;
    assert_eq!(page.as_deref(), Some("https://github.com/acme/isms/actions/runs/12"));
    assert_eq!(place(&[run[0], ("GITHUB_RUN_ID", "1/x")], None).expect("is one").details, None);
}
