//! The verdict on each URL.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::args::Plan;
use crate::deadline::{Deadline, is_time_out};
use crate::dns::Resolver;
use crate::http;
use crate::url::{Host, Url};

/// Before a further try.
const PAUSE: Duration = Duration::from_millis(250);
const MOST_THREADS: usize = 64;

/// How the last try on a URL went.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// None where there was no answer.
    pub status: Option<u16>,
    /// None where all is well.
    pub why: Option<String>,
    pub took: Duration,
    pub tries: u32,
}

/// Asks all URLs side by side; the outcomes are in the order of the URLs.
pub fn all(plan: &Plan, resolver: &Resolver) -> Vec<Outcome> {
    let mut outcomes: Vec<_> = plan.urls.iter().map(|_| None).collect();
    let queue = Mutex::new(plan.urls.iter().zip(&mut outcomes));
    let work = || loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some((url, outcome)) = next else { break };
        *outcome = Some(check(url, plan, resolver));
    };
    thread::scope(|scope| {
        // Where the container may have no further thread, fewer do the work: this one at least.
        for _ in 1..plan.urls.len().min(MOST_THREADS) {
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    outcomes.into_iter().flatten().collect()
}

fn check(url: &Url, plan: &Plan, resolver: &Resolver) -> Outcome {
    let mut tries = 0;
    loop {
        let start = Instant::now();
        let (status, why) = match ask(url, plan, resolver) {
            Ok(status) => (Some(status), None),
            Err((status, why)) => (status, Some(why)),
        };
        let outcome = Outcome { status, why, took: start.elapsed(), tries: tries + 1 };
        if outcome.why.is_none() || tries == plan.retries {
            return outcome;
        }
        tries += 1;
        thread::sleep(PAUSE);
    }
}

/// One try: the status where all is well, else the status where there is one and why it is not.
fn ask(url: &Url, plan: &Plan, resolver: &Resolver) -> Result<u16, (Option<u16>, String)> {
    let deadline = Deadline::after(plan.timeout);
    let within = |what: &'static str| move |error: io::Error| reason(&error, what, plan.timeout);
    let unanswered = |why| (None, why);

    let addresses = match &url.host {
        Host::Address(address) => vec![*address],
        Host::Name(name) => resolver.lookup(name, deadline).map_err(unanswered)?,
    };
    let stream =
        http::connect(&addresses, url.port, deadline).map_err(within("no connection")).map_err(unanswered)?;
    let answer = http::get(url, stream).map_err(within("no answer")).map_err(unanswered)?;
    let status = answer.status;
    let unexpected = |why| (Some(status), why);
    if status != plan.expect_status {
        return Err(unexpected(format!("not {}", plan.expect_status)));
    }
    let body = answer.body().map_err(within("no end of the answer")).map_err(unexpected)?;
    match &plan.expect_body {
        Some(text) if !String::from_utf8_lossy(&body).contains(text) => {
            Err(unexpected(format!("no {text:?} in the body")))
        }
        _ => Ok(status),
    }
}

fn reason(error: &io::Error, what: &str, timeout: Duration) -> String {
    if is_time_out(error) {
        return format!("{what} within {timeout:?}");
    }
    // The number that follows says nothing more.
    error.to_string().split(" (os error").next().unwrap_or_default().to_string()
}
