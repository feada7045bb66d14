//! The program as it is called, against servers of every manner.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PONG: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong";

/// A server that does to every connection what `behave` does, after it has read the request.
fn server<F>(behave: F) -> String
where
    F: Fn(&mut TcpStream, &str) -> io::Result<()> + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    serve(listener, behave);
    url
}

fn serve<F>(listener: TcpListener, behave: F)
where
    F: Fn(&mut TcpStream, &str) -> io::Result<()> + Send + Sync + 'static,
{
    let behave = Arc::new(behave);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let behave = Arc::clone(&behave);
            // An error is the client's going away, as some of them do early.
            thread::spawn(move || {
                let request = request(&mut stream)?;
                behave(&mut stream, &request)
            });
        }
    });
}

fn request(stream: &mut TcpStream) -> io::Result<String> {
    let mut request = String::new();
    let mut byte = [0];
    while !request.ends_with("\r\n\r\n") && stream.read(&mut byte)? > 0 {
        request.push(byte[0].into());
    }
    Ok(request)
}

fn says(answer: impl Into<Vec<u8>>) -> String {
    let answer = answer.into();
    server(move |stream, _| stream.write_all(&answer))
}

/// Where nobody listens.
fn nobody() -> String {
    format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn probe(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_probe")).args(arguments).env_clear().output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Asserts that a URL is well.
fn assert_well(arguments: &[&str]) {
    let run = probe(arguments);
    assert!(run.stdout.starts_with("ok   "), "{arguments:?}: {}{}", run.stdout, run.stderr);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

/// Asserts that a URL is not well, and why.
fn assert_bad(arguments: &[&str], why: &str) {
    let run = probe(arguments);
    assert!(run.stdout.starts_with("bad  "), "{arguments:?}: {}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains(why), "{arguments:?}: {}", run.stdout);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
}

#[test]
fn a_url_that_answers_200_is_well() {
    assert_well(&[&says(PONG)]);
    assert_well(&[&says("HTTP/1.0 200 OK\r\n\r\npong")]);
    assert_well(&[&says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npong\r\n0\r\n\r\n")]);
}

#[test]
fn the_request_is_what_a_server_expects() {
    let (send, receive) = mpsc::channel();
    let url = server(move |stream, request| {
        send.send(request.to_string()).unwrap();
        stream.write_all(PONG.as_bytes())
    });
    assert_well(&[&format!("{url}/a/b?c=d#e")]);
    let authority = url.strip_prefix("http://").unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        receive.recv().unwrap(),
        format!(
            "GET /a/b?c=d HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: probe/{version}\r\nAccept: */*\r\n\
             Connection: close\r\n\r\n"
        )
    );
}

#[test]
fn any_other_status_is_not_well() {
    for status in [201, 204, 404, 500, 503] {
        let answer = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n");
        let url = says(answer);
        assert_bad(&[&url], "not 200");
        assert_well(&["--expect-status", &status.to_string(), &url]);
    }
    assert_bad(&["--expect-status", "204", &says(PONG)], "not 204");
}

#[test]
fn a_redirect_is_not_followed() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let target = server(move |stream, _| {
        counter.fetch_add(1, Ordering::SeqCst);
        stream.write_all(PONG.as_bytes())
    });
    let url = says(format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"));
    assert_bad(&[&url], "not 200");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[test]
fn interim_answers_are_passed_over() {
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    assert_well(&[&says(format!("HTTP/1.1 100 Continue\r\n\r\n{early}{PONG}"))]);
}

#[test]
fn the_expected_text_is_looked_for_in_the_body() {
    assert_well(&["--expect-body", "pong", &says(PONG)]);
    assert_bad(&["--expect-body", "ping", &says(PONG)], r#"no "ping" in the body"#);
    assert_bad(&["--expect-body", "200 OK", &says(PONG)], r#"no "200 OK" in the body"#);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\npo\r\n2\r\nng\r\n0\r\n\r\n";
    assert_well(&["--expect-body", "pong", &says(chunked)]);
}

#[test]
fn a_server_that_keeps_the_connection_open_is_not_waited_for() {
    let url = server(|stream, _| {
        stream.write_all(PONG.as_bytes())?;
        stream.read(&mut [0]).map(|_| ())
    });
    assert_well(&["--timeout", "1m", &url]);
}

#[test]
fn a_server_that_drips_cannot_hold_it_up() {
    let drip = |start: &'static str, drop: &'static str| {
        server(move |stream, _| {
            stream.write_all(start.as_bytes())?;
            loop {
                stream.write_all(drop.as_bytes())?;
                thread::sleep(Duration::from_millis(20));
            }
        })
    };
    let table = [
        (drip("", "H"), "no answer within 400ms"),
        (drip("HTTP/1.1 200 OK\r\nX: ", "y"), "no answer within 400ms"),
        (drip("HTTP/1.1 200 OK\r\n", "X: y\r\n"), "no answer within 400ms"),
        (drip("", "HTTP/1.1 100 Continue\r\n\r\n"), "no answer within 400ms"),
        (drip("HTTP/1.1 200 OK\r\n\r\n", "x"), "no end of the answer within 400ms"),
        (drip("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", "x"), "no end of the answer within 400ms"),
        (
            drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
            "no end of the answer within 400ms",
        ),
        (
            drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x"),
            "no end of the answer within 400ms",
        ),
    ];
    for (url, why) in table {
        let start = Instant::now();
        assert_bad(&["--timeout", "400ms", &url], why);
        assert!(start.elapsed() < Duration::from_secs(10), "{why}: {:?}", start.elapsed());
    }
}

#[test]
fn a_server_that_says_nothing_cannot_hold_it_up() {
    let url = server(|stream, _| stream.read(&mut [0]).map(|_| ()));
    assert_bad(&["--timeout", "300ms", &url], "no answer within 300ms");
}

#[test]
fn a_server_that_does_not_accept_cannot_hold_it_up() {
    // The kernel takes the connection, and nobody ever reads from it.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    assert_bad(&["--timeout", "300ms", &url], "no answer within 300ms");
}

#[test]
fn a_server_that_sends_too_much_cannot_fill_the_memory() {
    let flood = |start: &'static str, wave: &'static str| {
        let wave = wave.repeat(4096);
        server(move |stream, _| {
            stream.write_all(start.as_bytes())?;
            loop {
                stream.write_all(wave.as_bytes())?;
            }
        })
    };
    let most = "--timeout=1m";
    assert_bad(&[most, &flood("", "x")], "more than 64 KiB");
    assert_bad(&[most, &flood("", "x\n")], "not HTTP/1");
    assert_bad(&[most, &flood("HTTP/1.1 200 OK\r\nX: ", "y")], "more than 64 KiB");
    assert_bad(&[most, &flood("HTTP/1.1 200 OK\r\n", "X: y\r\n")], "more than 128 headers");
    let endless = [
        flood("HTTP/1.1 200 OK\r\n\r\n", "x"),
        flood("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", "x"),
        flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
        flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "x"),
    ];
    for url in &endless {
        assert_well(&[most, "--expect-body", "xxx", url]);
        assert_bad(&[most, "--expect-body", "pong", url], r#"no "pong" in the body"#);
    }
}

#[test]
fn what_breaks_off_is_not_well() {
    assert_bad(&[&says("")], "closed before the end");
    assert_bad(&[&says("HTTP/1.1 200 OK\r\n")], "closed before the end");
    assert_bad(&[&says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npong")], "closed before the end");
    assert_bad(&[&says("220 ready for mail\r\n")], "not HTTP/1");
}

#[test]
fn nobody_at_the_port_is_told() {
    let start = Instant::now();
    assert_bad(&["--timeout", "1m", &nobody()], "Connection refused");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_name_from_the_hosts_file_is_found() {
    let url = says(PONG).replace("127.0.0.1", "localhost");
    assert_well(&[&url]);
}

#[test]
fn a_name_that_does_not_exist_is_told() {
    // What the name server of this machine says of it, if there is one, may differ.
    assert_bad(
        &["--timeout", "1s", "http://there-is-no-such-name.invalid/"],
        "there-is-no-such-name.invalid",
    );
}

#[test]
fn an_ipv6_address_is_asked() {
    match TcpListener::bind("[::1]:0") {
        Ok(listener) => {
            let url = format!("http://{}", listener.local_addr().unwrap());
            serve(listener, |stream, request| {
                assert!(request.contains("\r\nHost: [::1]:"), "{request}");
                stream.write_all(PONG.as_bytes())
            });
            assert_well(&[&url]);
        }
        // A machine without IPv6 must be told so.
        Err(_) => assert_bad(&["http://[::1]:1"], "ddress"),
    }
}

#[test]
fn all_urls_are_asked_at_the_same_time() {
    const URLS: usize = 40;
    let together = Barrier::new(URLS);
    // Nobody gets an answer before everybody has asked.
    let url = server(move |stream, _| {
        together.wait();
        stream.write_all(PONG.as_bytes())
    });
    let run = probe(&vec![url.as_str(); URLS]);
    assert_eq!(run.stdout.matches("ok ").count(), URLS, "{}", run.stdout);
    assert_eq!(run.code, Some(0));
}

#[test]
fn there_may_be_more_urls_than_threads() {
    let well = says(PONG);
    let bad = nobody();
    let urls: Vec<_> = (0..200).map(|index| if index % 50 == 49 { bad.as_str() } else { &well }).collect();
    let run = probe(&urls);
    assert_eq!(run.code, Some(1));
    let asked: Vec<_> = run.stdout.lines().map(|line| line.split_whitespace().nth(4).unwrap()).collect();
    assert_eq!(asked, urls, "in the order of the arguments");
    assert_eq!(run.stdout.matches("bad ").count(), 4);
}

#[test]
fn one_that_is_not_well_decides() {
    let (well, bad) = (says(PONG), nobody());
    let run = probe(&[&well, &bad, &well]);
    assert_eq!(run.code, Some(1));
    let verdicts: Vec<_> = run.stdout.lines().map(|line| &line[..3]).collect();
    assert_eq!(verdicts, ["ok ", "bad", "ok "]);
}

#[test]
fn it_tries_again_as_often_as_told() {
    let fails_twice = || {
        let asked = AtomicUsize::new(0);
        server(move |stream, _| {
            let answer = if asked.fetch_add(1, Ordering::SeqCst) < 2 {
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
            } else {
                PONG
            };
            stream.write_all(answer.as_bytes())
        })
    };
    assert_bad(&[&fails_twice()], "not 200\n");
    assert_bad(&["--retries", "1", &fails_twice()], "not 200 (try 2)");
    assert_well(&["--retries", "2", &fails_twice()]);
    assert_well(&["--retries", "9", &fails_twice()]);
    assert_bad(&["--retries", "1", &nobody()], "Connection refused (try 2)");
}

#[test]
fn json_is_for_programs() {
    let (well, bad) = (says(PONG), nobody());
    let run = probe(&["--json", "--expect-body", "pong", &well, &bad]);
    assert_eq!(run.code, Some(1));
    let mut results: Value = serde_json::from_str(&run.stdout).unwrap();
    for result in results.as_array_mut().unwrap() {
        let took = result.as_object_mut().unwrap().remove("ms").unwrap();
        assert!(took.as_u64().unwrap() < 60_000, "{took}");
    }
    let want = json!([
        { "url": well, "ok": true, "status": 200, "tries": 1, "why": null },
        { "url": bad, "ok": false, "status": null, "tries": 1, "why": "Connection refused" },
    ]);
    assert_eq!(results, want);
}

#[test]
fn wrong_usage_is_told_apart_and_asks_nobody() {
    let (send, receive) = mpsc::channel();
    let url = server(move |stream, request| {
        send.send(request.to_string()).unwrap();
        stream.write_all(PONG.as_bytes())
    });
    let secure = url.replace("http", "https");
    let table: [(&[&str], &str); 5] = [
        (&[], "no URL is given"),
        (&[&url, "--loud"], "invalid option '--loud'"),
        (&[&url, "--timeout", "soon"], "a time is"),
        (&[&url, &secure], "no TLS"),
        (&[&url, "gopher://web"], "begins with http://"),
    ];
    for (arguments, why) in table {
        let run = probe(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.stderr.contains(why), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
    assert!(receive.try_recv().is_err(), "a request was sent");
}

#[test]
fn help_and_version() {
    let run = probe(&["--version"]);
    assert_eq!(run.stdout, concat!("probe ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(run.code, Some(0));
    let run = probe(&["--help"]);
    assert!(run.stdout.contains("Usage: probe [OPTION]... URL..."), "{}", run.stdout);
    assert_eq!(run.code, Some(0));
}

#[test]
fn a_result_that_nobody_can_read_is_an_error_and_no_crash() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_probe"))
        .arg(server(|stream, _| {
            thread::sleep(Duration::from_millis(300));
            stream.write_all(PONG.as_bytes())
        }))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("probe: the result can not be written"), "{stderr}");
}
