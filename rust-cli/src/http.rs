//! One request and as much of its answer as the verdict needs, in bounded time and memory.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{IpAddr, TcpStream};

use httparse::{Header, Response, Status};

use crate::deadline::{Deadline, TimedStream};
use crate::url::Url;

const USER_AGENT: &str = concat!("probe/", env!("CARGO_PKG_VERSION"));
const MOST_HEADERS: usize = 128;
const LARGEST_HEAD: usize = 64 * 1024;
/// What is looked at of a body; the rest is not even read.
const LARGEST_BODY: u64 = 1024 * 1024;

/// An answer whose status is known and whose body is yet to be read.
pub struct Answer {
    pub status: u16,
    framing: Framing,
    connection: BufReader<TimedStream>,
}

/// How the end of a body is told, as in RFC 9112 section 6.3.
#[derive(Debug, PartialEq)]
enum Framing {
    Length(u64),
    Chunked,
    UntilClosed,
}

/// Connects to the first of the addresses that takes it.
pub fn connect(addresses: &[IpAddr], port: u16, deadline: Deadline) -> io::Result<TimedStream> {
    let mut result = Err(ErrorKind::AddrNotAvailable.into());
    for (address, left) in addresses.iter().zip((1..=addresses.len()).rev()) {
        // What time remains is shared, so that an address which drops packets does not use up all.
        let share = deadline.remaining()? / u32::try_from(left).unwrap_or(u32::MAX);
        result = TcpStream::connect_timeout(&(*address, port).into(), share);
        if result.is_ok() {
            break;
        }
    }
    result.map(|stream| TimedStream { stream, deadline })
}

/// Sends the request and reads the head of the answer.
pub fn get(url: &Url, mut connection: TimedStream) -> io::Result<Answer> {
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {USER_AGENT}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        url.target, url.authority
    );
    connection.stream.set_write_timeout(Some(connection.deadline.remaining()?))?;
    connection.stream.write_all(request.as_bytes())?;
    let mut connection = BufReader::new(connection);
    loop {
        let (status, framing) = head(&mut connection)?;
        // Interim answers announce the real one.
        if !(100..200).contains(&status) {
            return Ok(Answer { status, framing, connection });
        }
    }
}

impl Answer {
    /// The body to its end, or its first MiB.
    pub fn body(self) -> io::Result<Vec<u8>> {
        body(self.connection, &self.framing)
    }
}

fn head(connection: &mut impl BufRead) -> io::Result<(u16, Framing)> {
    let mut head = Vec::new();
    loop {
        line(connection, &mut head)?;
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut response = Response::new(&mut headers);
        match response.parse(&head) {
            Ok(Status::Complete(_)) => {
                let status = response.code.unwrap_or_default();
                return Ok((status, framing(status, response.headers)?));
            }
            Ok(Status::Partial) => {}
            Err(httparse::Error::TooManyHeaders) => {
                return Err(invalid("the answer has more than 128 headers"));
            }
            Err(_) => return Err(invalid("the answer is not HTTP/1")),
        }
    }
}

/// Appends a line.
fn line(connection: &mut impl BufRead, to: &mut Vec<u8>) -> io::Result<()> {
    let room = LARGEST_HEAD - to.len();
    let read = connection.by_ref().take(room as u64).read_until(b'\n', to)?;
    if read > 0 && to.ends_with(b"\n") {
        Ok(())
    } else if to.len() == LARGEST_HEAD {
        Err(invalid("the answer has more than 64 KiB of headers"))
    } else {
        Err(cut_short())
    }
}

fn framing(status: u16, headers: &[Header]) -> io::Result<Framing> {
    if matches!(status, 204 | 304) {
        return Ok(Framing::Length(0));
    }
    let values = |name: &'static str| {
        let named = headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
        named.map(|header| header.value.trim_ascii())
    };
    if let Some(coding) = values("transfer-encoding").next_back() {
        // No other coding was offered; whatever it is, it ends with the connection.
        let last = coding.rsplit(|byte| *byte == b',').next().unwrap_or_default().trim_ascii();
        let chunked = last.eq_ignore_ascii_case(b"chunked");
        return Ok(if chunked { Framing::Chunked } else { Framing::UntilClosed });
    }
    let mut lengths = values("content-length");
    let Some(first) = lengths.next() else {
        return Ok(Framing::UntilClosed);
    };
    // `parse` alone would take a sign.
    let digits = Some(first).filter(|value| value.iter().all(u8::is_ascii_digit));
    match digits.and_then(|digits| String::from_utf8_lossy(digits).parse().ok()) {
        Some(length) if lengths.all(|other| other == first) => Ok(Framing::Length(length)),
        _ => Err(invalid("the answer's Content-Length is not one number")),
    }
}

fn body(mut connection: impl BufRead, framing: &Framing) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    match framing {
        Framing::Length(length) => append(&mut connection, *length, &mut body)?,
        Framing::Chunked => {
            while (body.len() as u64) < LARGEST_BODY {
                let mut size = Vec::new();
                line(&mut connection, &mut size)?;
                match httparse::parse_chunk_size(&size) {
                    // What may follow are trailers, which say nothing about the body.
                    Ok(Status::Complete((_, 0))) => break,
                    Ok(Status::Complete((_, size))) => append(&mut connection, size, &mut body)?,
                    _ => return Err(invalid("the body's chunks are broken")),
                }
                if (body.len() as u64) < LARGEST_BODY {
                    let mut end = Vec::new();
                    line(&mut connection, &mut end)?;
                    if end != b"\r\n" {
                        return Err(invalid("the body's chunks are broken"));
                    }
                }
            }
        }
        Framing::UntilClosed => {
            connection.take(LARGEST_BODY).read_to_end(&mut body)?;
        }
    }
    Ok(body)
}

/// Appends so many bytes, or as many as a body may have.
fn append(connection: &mut impl BufRead, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    let wanted = length.min(LARGEST_BODY - body.len() as u64);
    let read = connection.by_ref().take(wanted).read_to_end(body)?;
    if (read as u64) < wanted { Err(cut_short()) } else { Ok(()) }
}

fn cut_short() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "the connection was closed before the end of the answer")
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `bytes` is taken for: status and body, or why not.
    fn read(bytes: &[u8]) -> Result<(u16, String), String> {
        let mut rest = bytes;
        let (status, framing) = head(&mut rest).map_err(|error| error.to_string())?;
        let body = body(rest, &framing).map_err(|error| error.to_string())?;
        Ok((status, String::from_utf8(body).unwrap()))
    }

    #[test]
    fn whole_answers() {
        let table: [(&str, u16, &str); 14] = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong and more", 200, "pong"),
            ("HTTP/1.1 200 OK\r\ncontent-length:4\r\nContent-Length: 4\r\n\r\npong", 200, "pong"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""),
            ("HTTP/1.0 200 OK\r\n\r\npong", 200, "pong"),
            ("HTTP/1.1 200 OK\n\npong", 200, "pong"),
            ("HTTP/1.1 503\r\n\r\n", 503, ""),
            ("HTTP/1.1 204 No Content\r\n\r\nnot a body", 204, ""),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, ""),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\npo\r\n2;a=b\r\nng\r\n0\r\n\r\n",
                200,
                "pong",
            ),
            ("HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: gzip, Chunked\r\n\r\n004\r\npong\r\n0\r\n", 200, "pong"),
            // A coding decides over a length.
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npong\r\n0\r\n",
                200,
                "pong",
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\npong", 200, "pong"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n",
                200,
                "0123456789",
            ),
            ("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 302, ""),
        ];
        for (bytes, status, body) in table {
            assert_eq!(read(bytes.as_bytes()), Ok((status, body.to_string())), "{bytes}");
        }
    }

    #[test]
    fn broken_answers() {
        const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let table = [
            (String::new(), "closed before the end"),
            ("HTTP/1.1 200 OK\r\n".to_string(), "closed before the end"),
            ("220 ready for mail\r\n".to_string(), "not HTTP/1"),
            ("HTTP/2 200\r\n\r\n".to_string(), "not HTTP/1"),
            ("HTTP/1.1 OK\r\n\r\n".to_string(), "not HTTP/1"),
            ("\x15\x03\x01\0\x02\x02\n".to_string(), "not HTTP/1"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npong".to_string(), "closed before the end"),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_string(), "Content-Length"),
            ("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx".to_string(), "Content-Length"),
            ("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n".to_string(), "Content-Length"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx".to_string(),
                "Content-Length",
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n".to_string(), "Content-Length"),
            (format!("{CHUNKED}4\r\npo"), "closed before the end"),
            (format!("{CHUNKED}4\r\npong\r\n"), "closed before the end"),
            (format!("{CHUNKED}4\r\npongo\r\n0\r\n\r\n"), "chunks are broken"),
            (format!("{CHUNKED}four\r\n"), "chunks are broken"),
            (format!("{CHUNKED}fffffffffffffffff\r\n"), "chunks are broken"),
            (format!("{CHUNKED}1;{}", "x".repeat(LARGEST_HEAD)), "64 KiB"),
            (format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(LARGEST_HEAD)), "64 KiB"),
            (format!("HTTP/1.1 200 OK\r\n{}", "X: y\r\n".repeat(MOST_HEADERS + 1)), "128 headers"),
        ];
        for (bytes, want) in table {
            let error = read(bytes.as_bytes()).expect_err(&bytes);
            assert!(error.contains(want), "{bytes}: {error}");
        }
    }

    #[test]
    fn no_more_of_a_body_is_read_than_is_looked_at() {
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        for (head, body) in [
            ("Content-Length: 18446744073709551615\r\n", "x".repeat(3 << 20)),
            ("Transfer-Encoding: chunked\r\n", format!("ffffffffffffffff\r\n{}", "x".repeat(3 << 20))),
            ("Transfer-Encoding: chunked\r\n", chunk.repeat(48)),
            ("", "x".repeat(3 << 20)),
        ] {
            let (_, body) = read(format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}").as_bytes()).unwrap();
            assert_eq!(body.len() as u64, LARGEST_BODY, "{head}");
        }
    }
}
