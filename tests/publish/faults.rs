//! Bad days: no duplicate, no silent success, no byte of the token.

use crate::fake::{Act, Github, say};
use crate::published::{CANARY, assert_whole, limits, publication, sent, titles};
use crate::report::{place, report};
use ismslint::publish::{Limits, Token, publish};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

/// A fault of the moment, at every kind of request.
fn passing() -> Vec<Act> {
    let wait = |value: &str| vec![("Retry-After", value.to_owned())];
    vec![
        say(500),
        say(502),
        say(503),
        Act::Say(429, wait("0"), String::new()),
        Act::Say(429, wait("-3"), "{}".to_owned()),
        Act::Say(403, wait("soon"), "{}".to_owned()),
        Act::Say(403, Vec::new(), r#"{"message": "You have exceeded a secondary rate limit."}"#.to_owned()),
        Act::Cut,
        Act::Say(200, Vec::new(), "<html>no JSON</html>".to_owned()),
        Act::Say(201, Vec::new(), String::new()),
    ]
}

#[test]
fn a_fault_of_the_moment_is_passed_over_and_nothing_is_doubled() {
    let places = [
        ("GET", "/commits/"),
        ("POST", "/check-runs"),
        ("PATCH", "/check-runs/"),
        ("GET", "/comments"),
        ("POST", "/comments"),
    ];
    for (method, part) in places {
        // What was done and nobody knows of, too.
        let unknown = [Act::DoneAndCut, Act::DoneAndSay(500), Act::DoneAndSay(504), Act::DoneAndSay(200)];
        for act in passing().into_iter().chain(unknown) {
            let unreadable = matches!(act, Act::Say(200 | 201, ..)) && method == "GET";
            let github = Github::start().once(method, part, act.clone());
            let published = sent(&github, &report(120), true, &limits());
            if unreadable || (method == "GET" && matches!(act, Act::DoneAndSay(200))) {
                let why = published.expect_err("no answer of GitHub's").why;
                assert!(why.contains("GITHUB_API_URL"), "{method} {part} {act:?}: {why}");
                continue;
            }
            published.unwrap_or_else(|failure| panic!("{method} {part} {act:?}: {}", failure.why));
            assert_whole(&github.run(), 120);
            assert_eq!(github.state().comments.len(), 1, "{method} {part} {act:?}");
        }
    }
}

#[test]
fn a_wait_that_is_told_is_kept() {
    let headers = vec![("Retry-After", "1".to_owned())];
    let github = Github::start().once("POST", "/check-runs", Act::Say(429, headers, String::new()));
    let since = std::time::Instant::now();
    sent(&github, &report(1), false, &limits()).expect("is published");
    assert!(since.elapsed() >= Duration::from_secs(1), "it waits as long as it is told");
    assert_whole(&github.run(), 1);
}

#[test]
fn a_wait_that_is_too_long_is_not_kept() {
    let day = vec![("Retry-After", "86400".to_owned())];
    let reset = vec![
        ("X-RateLimit-Remaining", "0".to_owned()),
        ("X-RateLimit-Reset", "1793624400".to_owned()),
        ("Date", "Mon, 02 Nov 2026 12:00:00 GMT".to_owned()),
    ];
    for (headers, told) in [(day, "86400 seconds"), (reset, "3601 seconds")] {
        let github = Github::start().once("POST", "/check-runs", Act::Say(403, headers, "{}".to_owned()));
        let failure = sent(&github, &report(1), false, &limits()).expect_err("is not published");
        assert!(failure.why.contains(told) && !failure.forbidden, "{}", failure.why);
        assert!(github.state().runs.is_empty());
    }
}

#[test]
fn who_is_told_to_wait_again_and_again_gives_up() {
    let said = r#"{"message": "You have exceeded a secondary rate limit."}"#.to_owned();
    for status in [403, 429] {
        let act = Act::Say(status, Vec::new(), said.clone());
        let github = Github::start().times(10, "POST", "/check-runs", &act);
        let failure = sent(&github, &report(1), false, &limits()).expect_err("is not published");
        assert!(failure.why.contains("too many requests") && !failure.forbidden, "{}", failure.why);
        assert_eq!(github.methods().len(), 7, "a look, a try and five repetitions");
    }
}

#[test]
fn what_does_not_pass_ends_told_with_what_to_do() {
    let cases = [
        (401, "GITHUB_TOKEN"),
        (403, "checks: write"),
        (404, "checks: write"),
        (409, "run the job again"),
        (410, "switched off"),
        (422, "Push it"),
        (301, "no redirect is followed"),
        (307, "no redirect is followed"),
        (500, "run the job again"),
        (418, "418"),
    ];
    for (status, told) in cases {
        for (method, part) in [("GET", "/commits/"), ("POST", "/check-runs")] {
            let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
            elsewhere.set_nonblocking(true).expect("can be");
            let location = format!("http://{}/", elsewhere.local_addr().expect("an address"));
            let body = format!(r#"{{"message": "no {CANARY}", "errors": ["Bearer {CANARY}"]}}"#);
            let act = Act::Say(status, vec![("Location", location)], body);
            let github = Github::start().times(10, method, part, &act);
            let failure = sent(&github, &report(1), true, &limits()).expect_err("is not published");
            assert!(
                failure.why.contains(told) && failure.why.contains("[token]"),
                "{status}: {}",
                failure.why
            );
            let unknown = failure.why.starts_with("whether the check run was published is not known");
            assert_eq!(unknown, status == 500 && method == "POST", "{status}: {}", failure.why);
            assert_eq!(failure.forbidden, status == 403);
            assert!(github.state().runs.is_empty() && github.state().comments.is_empty());
            assert!(elsewhere.accept().is_err(), "a redirect was followed");
            let tries = github.methods().iter().filter(|sent| *sent == method).count();
            assert_eq!(tries > 1, status == 500, "{status}: {tries}");
        }
    }
}

#[test]
fn what_is_published_in_part_ends_as_failed() {
    for act in [say(422), say(403), say(500)] {
        let times = if matches!(act, Act::Say(500, ..)) { 6 } else { 1 };
        let github = Github::start().times(times, "PATCH", "/check-runs/", &act);
        let failure = sent(&github, &report(120), true, &limits()).expect_err("is not published");
        assert!(failure.why.contains("50 of 120 annotations arrived"), "{}", failure.why);
        assert_eq!(failure.why.starts_with("at least"), times > 1, "{}", failure.why);
        assert!(failure.why.contains("ended as failed"), "{}", failure.why);
        let run = github.run();
        assert_eq!(titles(&run).len(), 50);
        assert_eq!(
            (run["status"].as_str(), run["conclusion"].as_str()),
            (Some("completed"), Some("failure"))
        );
        assert!(run["output"]["title"].as_str().is_some_and(|title| title.contains("50 of 120")));
        assert!(github.state().comments.is_empty());
        // The next try completes the same run.
        sent(&github, &report(120), false, &limits()).expect("is published");
        assert_whole(&github.run(), 120);
    }
}

#[test]
fn what_cannot_even_be_ended_stays_without_a_conclusion() {
    let github = Github::start().times(20, "PATCH", "/check-runs/", &say(503));
    let failure = sent(&github, &report(51), false, &limits()).expect_err("is not published");
    assert!(failure.why.contains("stays in progress"), "{}", failure.why);
    let run = github.run();
    assert_eq!((run["status"].as_str(), run["conclusion"].as_str()), (Some("in_progress"), None));
}

#[test]
fn a_comment_that_fails_is_no_success() {
    for (method, act) in [("GET", say(404)), ("POST", say(403)), ("POST", say(410))] {
        let github = Github::start().once(method, "/comments", act);
        let failure = sent(&github, &report(1), true, &limits()).expect_err("is not published");
        assert!(failure.why.contains("the check run is there in full"), "{}", failure.why);
        assert_whole(&github.run(), 1);
    }
}

#[test]
fn no_server_is_waited_for_beyond_its_time() {
    let short = Limits {
        request: Duration::from_millis(300),
        total: Duration::from_millis(1500),
        repetitions: 1,
        ..limits()
    };
    for act in [Act::Silent(Duration::from_mins(1)), Act::Drip] {
        for (method, part) in [("GET", "/commits/"), ("POST", "/check-runs")] {
            let github = Github::start().times(5, method, part, &act);
            let failure = sent(&github, &report(1), false, &short).expect_err("is not published");
            let told = failure.why.contains("no whole answer") || failure.why.contains("took longer");
            assert!(told, "{act:?}: {}", failure.why);
            assert!(github.state().runs.is_empty());
        }
    }
}

#[test]
fn an_answer_without_an_end_is_not_kept() {
    for (method, part) in [("GET", "/commits/"), ("POST", "/check-runs")] {
        let github = Github::start().times(10, method, part, &Act::Flood);
        let failure = sent(&github, &report(1), false, &limits()).expect_err("is not published");
        assert!(failure.why.contains("1048576 bytes"), "{}", failure.why);
    }
}

#[test]
fn a_server_that_is_not_there_or_not_trusted_is_told() {
    let token = Token::new(CANARY).expect("is one");
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let api = format!("http://{nobody}");
    let failure = publish(&publication(&report(1), &api, false), &place(&api), &token, &limits())
        .expect_err("nobody is there");
    assert!(failure.why.contains("cannot be reached"), "{}", failure.why);
    // A server without TLS where one with TLS is to be; and one that hangs up,
    // as a server in trouble does.
    for (answer, told) in
        [("HTTP/1.1 400 Bad Request\r\n\r\n", "does not prove who it is"), ("", "cannot be reached")]
    {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let api = format!("https://{}", listener.local_addr().expect("an address"));
        let heard = std::thread::spawn(move || {
            let mut heard = Vec::new();
            // As many as there are tries, and one that ends this.
            for mut stream in listener.incoming().flatten() {
                let mut bytes = [0; 1024];
                let read = stream.read(&mut bytes).unwrap_or(0);
                heard.extend_from_slice(&bytes[..read]);
                if read == 0 {
                    break;
                }
                let _ = stream.write_all(answer.as_bytes());
            }
            heard
        });
        let failure = publish(&publication(&report(1), &api, false), &place(&api), &token, &limits())
            .expect_err("has no TLS");
        assert!(failure.why.contains(told), "{}", failure.why);
        drop(std::net::TcpStream::connect(api.trim_start_matches("https://")).expect("listens"));
        let heard = heard.join().expect("no fault");
        assert!(!String::from_utf8_lossy(&heard).contains(CANARY), "nothing is said before trust");
    }
}

#[test]
fn more_comments_than_are_searched_make_no_second_one() {
    let github = Github::start();
    let comment =
        |number: usize| serde_json::json!({ "id": number, "body": "+1", "user": { "type": "User" } });
    github.state().comments = (0..1_000).map(comment).collect();
    let failure = sent(&github, &report(1), true, &limits()).expect_err("is not published");
    assert!(failure.why.contains("more than 1000 comments"), "{}", failure.why);
    assert_eq!(github.state().comments.len(), 1_000);
}
