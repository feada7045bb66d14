//! The outcomes, for a person and for a program.

use std::fmt::Write;

use crate::check::Outcome;
use crate::url::Url;

/// A line a URL, in columns.
pub fn table(urls: &[Url], outcomes: &[Outcome]) -> String {
    let width = urls.iter().map(|url| url.to_string().len()).max().unwrap_or_default();
    let mut text = String::new();
    for (url, outcome) in urls.iter().zip(outcomes) {
        let verdict = if outcome.why.is_none() { "ok" } else { "bad" };
        let status = outcome.status.map_or_else(|| "-".to_string(), |status| status.to_string());
        let why = outcome.why.as_deref().unwrap_or_default();
        let tries = match outcome.tries {
            1 => String::new(),
            tries => format!(" (try {tries})"),
        };
        let line = format!(
            "{verdict:<3}  {status:>3}  {:>6} ms  {url:<width$}  {why}{tries}",
            outcome.took.as_millis()
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// An array with an object a URL, a line each.
pub fn json(urls: &[Url], outcomes: &[Outcome]) -> String {
    let objects = urls.iter().zip(outcomes).map(|(url, outcome)| {
        format!(
            r#"  {{"url": {}, "ok": {}, "status": {}, "ms": {}, "tries": {}, "why": {}}}"#,
            json_string(&url.to_string()),
            outcome.why.is_none(),
            outcome.status.map_or_else(|| "null".to_string(), |status| status.to_string()),
            outcome.took.as_millis(),
            outcome.tries,
            outcome.why.as_deref().map_or_else(|| "null".to_string(), json_string),
        )
    });
    format!("[\n{}\n]\n", objects.collect::<Vec<_>>().join(",\n"))
}

fn json_string(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\0'..' ' => write!(json, "\\u{:04x}", u32::from(character)).unwrap_or_default(),
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;

    fn urls() -> [Url; 3] {
        ["http://ping:8080/ping", "http://widgets:5000/?a=%22b%22", "http://[::1]"]
            .map(|text| text.parse().unwrap())
    }

    fn outcomes() -> [Outcome; 3] {
        [
            Outcome { status: Some(200), why: None, took: Duration::from_micros(3900), tries: 1 },
            Outcome {
                status: Some(503),
                why: Some("not 200".to_string()),
                took: Duration::from_millis(12),
                tries: 3,
            },
            Outcome {
                status: None,
                why: Some("no \"a\\b\"\n\u{1} ñ".to_string()),
                took: Duration::from_secs(100),
                tries: 1,
            },
        ]
    }

    #[test]
    fn a_table_has_a_line_a_url_in_columns() {
        let outcomes = outcomes();
        let want = "\
ok   200       3 ms  http://ping:8080/ping
bad  503      12 ms  http://widgets:5000/?a=%22b%22  not 200 (try 3)
";
        assert_eq!(table(&urls()[..2], &outcomes[..2]), want);
        assert!(table(&urls()[2..], &outcomes[2..]).starts_with("bad    -  100000 ms  http://[::1]  no"));
    }

    #[test]
    fn json_is_what_another_program_reads() {
        let text = json(&urls(), &outcomes());
        let want = json!([
            { "url": "http://ping:8080/ping", "ok": true, "status": 200, "ms": 3, "tries": 1, "why": null },
            {
                "url": "http://widgets:5000/?a=%22b%22",
                "ok": false, "status": 503, "ms": 12, "tries": 3, "why": "not 200",
            },
            {
                "url": "http://[::1]",
                "ok": false, "status": null, "ms": 100_000, "tries": 1, "why": "no \"a\\b\"\n\u{1} ñ",
            },
        ]);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), want);
    }
}
