//! A moment after which nothing is waited for any more.
//!
//! The sockets' own time-outs are for one call; a server that sends a byte now and then would never exceed them.

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[derive(Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now() + duration)
    }

    /// The earlier of this and another, a duration from now.
    pub fn or_after(self, duration: Duration) -> Self {
        Self(self.0.min(Instant::now() + duration))
    }

    /// What a socket's time-out may be, never zero: that would mean none.
    pub fn remaining(self) -> io::Result<Duration> {
        let remaining = self.0.saturating_duration_since(Instant::now());
        if remaining.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(remaining) }
    }
}

/// Whether a socket's time-out or the deadline is why; Linux calls the former `WouldBlock`.
pub fn is_time_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// A connection of which every read ends by the deadline.
pub struct TimedStream {
    pub stream: TcpStream,
    pub deadline: Deadline,
}

impl Read for TimedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.deadline.remaining()?))?;
        self.stream.read(buffer)
    }
}
