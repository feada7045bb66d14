//! A static HTTP checker for images without curl or shell.

mod args;
mod check;
mod deadline;
mod dns;
mod http;
mod report;
mod url;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use args::Command;

const ALL_WELL: u8 = 0;
const NOT_WELL: u8 = 1;
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let (text, code) = match args::parse(env::args_os().skip(1)) {
        Ok(Command::Help) => (args::HELP.to_string(), ALL_WELL),
        Ok(Command::Version) => (args::VERSION.to_string(), ALL_WELL),
        Ok(Command::Check(plan)) => {
            let outcomes = check::all(&plan, &dns::Resolver::of_system());
            let well = outcomes.iter().all(|outcome| outcome.why.is_none());
            let text = if plan.json {
                report::json(&plan.urls, &outcomes)
            } else {
                report::table(&plan.urls, &outcomes)
            };
            (text, if well { ALL_WELL } else { NOT_WELL })
        }
        Err(error) => {
            eprintln!("probe: {error}; see `probe --help`");
            return ExitCode::from(WRONG_USAGE);
        }
    };
    // Not `println!`, which panics when nobody reads: the verdict must not depend on that.
    if let Err(error) = io::stdout().write_all(text.as_bytes()) {
        eprintln!("probe: the result can not be written: {error}");
        return ExitCode::from(NOT_WELL);
    }
    ExitCode::from(code)
}
