//! What the command line asks for.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

use crate::url::Url;

pub const VERSION: &str = concat!("probe ", env!("CARGO_PKG_VERSION"), "\n");

pub const HELP: &str = "\
Ask every URL, all at once, and say which are well.

Usage: probe [OPTION]... URL...

      --timeout TIME        what one try may take from the name to the last byte,
                            such as 500ms, 2s or 1m [2s]
      --retries N           further tries for a URL that is not well [0]
      --expect-status CODE  the status that is well [200]
      --expect-body TEXT    a text that the first MiB of the body must contain
      --json                an array instead of a table
  -h, --help
  -V, --version

A URL is http://HOST[:PORT][/PATH][?QUERY]. Redirects are not followed.
Exit code: 0 all are well, 1 one is not, 2 wrong usage.
";

/// What to ask, and what is well.
#[derive(Debug, PartialEq)]
pub struct Plan {
    pub timeout: Duration,
    pub retries: u32,
    pub expect_status: u16,
    pub expect_body: Option<String>,
    pub json: bool,
    pub urls: Vec<Url>,
}

#[derive(Debug, PartialEq)]
pub enum Command {
    Help,
    Version,
    Check(Plan),
}

pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    let mut plan = Plan {
        timeout: Duration::from_secs(2),
        retries: 0,
        expect_status: 200,
        expect_body: None,
        json: false,
        urls: Vec::new(),
    };
    let mut parser = Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Command::Version),
            Arg::Long("timeout") => plan.timeout = parser.value()?.parse_with(duration)?,
            Arg::Long("retries") => plan.retries = parser.value()?.parse()?,
            Arg::Long("expect-status") => plan.expect_status = parser.value()?.parse_with(status)?,
            Arg::Long("expect-body") => plan.expect_body = Some(parser.value()?.parse_with(body)?),
            Arg::Long("json") => plan.json = true,
            Arg::Value(url) => plan.urls.push(url.parse()?),
            _ => return Err(argument.unexpected()),
        }
    }
    if plan.urls.is_empty() {
        return Err("no URL is given".into());
    }
    Ok(Command::Check(plan))
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    const FORM: &str = "a time is a whole number above 0 with its unit, such as 500ms, 2s or 1m";
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or(FORM)?;
    let (number, unit) = text.split_at(unit_at);
    let number = number.parse::<u32>().map_err(|_| FORM)?.into();
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_mins(number),
        _ => return Err(FORM),
    };
    if duration.is_zero() { Err(FORM) } else { Ok(duration) }
}

fn status(text: &str) -> Result<u16, &'static str> {
    match text.parse() {
        Ok(code @ 200..=599) => Ok(code),
        _ => Err("a status is a number from 200 to 599"),
    }
}

fn body(text: &str) -> Result<String, &'static str> {
    if text.is_empty() {
        return Err("every body contains the empty text");
    }
    Ok(text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(OsString::from)).map_err(|error| error.to_string())
    }

    fn plan(line: &str) -> Plan {
        match parsed(line) {
            Ok(Command::Check(plan)) => plan,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn defaults() {
        let plan = plan("http://ping:8080/ping");
        assert_eq!(plan.timeout, Duration::from_secs(2));
        assert_eq!(plan.retries, 0);
        assert_eq!(plan.expect_status, 200);
        assert_eq!(plan.expect_body, None);
        assert!(!plan.json);
        assert_eq!(plan.urls, ["http://ping:8080/ping".parse().unwrap()]);
    }

    #[test]
    fn every_option_is_taken_in_any_order() {
        let plan = plan(
            "http://a --timeout 500ms --retries=3 http://b --expect-status 204 --expect-body pong --json -- http://c",
        );
        assert_eq!(plan.timeout, Duration::from_millis(500));
        assert_eq!(plan.retries, 3);
        assert_eq!(plan.expect_status, 204);
        assert_eq!(plan.expect_body.as_deref(), Some("pong"));
        assert!(plan.json);
        assert_eq!(plan.urls.len(), 3);
    }

    #[test]
    fn times() {
        assert_eq!(plan("--timeout 2s http://a").timeout, Duration::from_secs(2));
        assert_eq!(plan("--timeout 1m http://a").timeout, Duration::from_mins(1));
    }

    #[test]
    fn help_and_version_need_no_url() {
        for line in ["-h", "--help", "--json --help"] {
            assert_eq!(parsed(line), Ok(Command::Help), "{line}");
        }
        for line in ["-V", "--version"] {
            assert_eq!(parsed(line), Ok(Command::Version), "{line}");
        }
    }

    #[test]
    fn wrong_usage_is_told_apart() {
        let table = [
            ("", "no URL is given"),
            ("--json", "no URL is given"),
            ("--loud http://a", "invalid option '--loud'"),
            ("-x http://a", "invalid option '-x'"),
            ("--json=yes http://a", "unexpected argument for option '--json'"),
            ("--timeout", "missing argument for option '--timeout'"),
            ("--timeout 2 http://a", "a time is"),
            ("--timeout 0s http://a", "a time is"),
            ("--timeout -1s http://a", "a time is"),
            ("--timeout 1.5s http://a", "a time is"),
            ("--timeout 2h http://a", "a time is"),
            ("--timeout s http://a", "a time is"),
            ("--timeout 99999999999s http://a", "a time is"),
            ("--retries -1 http://a", "\"-1\""),
            ("--retries many http://a", "\"many\""),
            ("--expect-status 99 http://a", "a status is"),
            ("--expect-status 600 http://a", "a status is"),
            ("--expect-status ok http://a", "a status is"),
            ("--expect-body= http://a", "empty text"),
            ("https://a", "no TLS"),
        ];
        for (line, want) in table {
            let error = parsed(line).expect_err(line);
            assert!(error.contains(want), "{line}: {error}");
        }
    }

    #[test]
    fn the_help_names_every_default() {
        let plan = plan("http://a");
        assert!(HELP.contains(&format!("[{:?}]", plan.timeout)));
        assert!(HELP.contains(&format!("[{}]", plan.retries)));
        assert!(HELP.contains(&format!("[{}]", plan.expect_status)));
    }
}
