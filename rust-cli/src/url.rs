//! The URLs that can be asked: plain HTTP, no credentials.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// What every server is asked to take, RFC 9110 section 4.1.
const LONGEST: usize = 8000;

#[derive(Debug, PartialEq)]
pub struct Url {
    text: String,
    /// Host and port as they were written, for the `Host` header.
    pub authority: String,
    pub host: Host,
    pub port: u16,
    /// Path and query, as the request line wants them.
    pub target: String,
}

#[derive(Debug, PartialEq)]
pub enum Host {
    Address(IpAddr),
    Name(String),
}

impl fmt::Display for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

impl FromStr for Url {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text.len() > LONGEST {
            return Err("a URL has at most 8000 bytes");
        }
        // Also what keeps a URL from adding lines to the request.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("spaces and anything but ASCII must be percent-encoded");
        }
        let (scheme, rest) = text.split_once("://").ok_or("a URL begins with http://")?;
        if scheme.eq_ignore_ascii_case("https") {
            return Err("probe speaks no TLS, ask the http:// port behind it");
        }
        if !scheme.eq_ignore_ascii_case("http") {
            return Err("a URL begins with http://");
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = host_and_port(authority)?;
        let slash = if target.starts_with('/') { "" } else { "/" };
        Ok(Self {
            text: text.to_string(),
            authority: authority.to_string(),
            host,
            port,
            target: format!("{slash}{target}"),
        })
    }
}

fn host_and_port(authority: &str) -> Result<(Host, u16), &'static str> {
    if authority.contains('@') {
        return Err("a user name in a URL is not supported");
    }
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']').ok_or("the ] after the IPv6 address is missing")?;
        let address = address.parse::<Ipv6Addr>().map_err(|_| "no IPv6 address is between [ and ]")?;
        (Host::Address(address.into()), port)
    } else {
        let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        let host = match host.parse::<Ipv4Addr>() {
            Ok(address) => Host::Address(address.into()),
            Err(_) if is_name(host) => Host::Name(host.to_string()),
            Err(_) => return Err("the host is neither a name nor an address"),
        };
        (host, port)
    };
    if port.is_empty() {
        return Ok((host, 80));
    }
    match port.strip_prefix(':').map(str::parse) {
        Some(Ok(number @ 1..)) if !port.contains('+') => Ok((host, number)),
        _ => Err("the port is not a number from 1 to 65535"),
    }
}

/// Whether DNS can carry it: labels of 1 to 63 bytes, 253 in all. Compose allows `_` in a service's name.
pub fn is_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let name = |name: &str| Host::Name(name.to_string());
        let address = |address: &str| Host::Address(address.parse().unwrap());
        let table = [
            ("http://web", "web", name("web"), 80, "/"),
            ("http://web/", "web", name("web"), 80, "/"),
            (
                "HTTP://Web.Example.:8080/a/b?c=d&e",
                "Web.Example.:8080",
                name("Web.Example."),
                8080,
                "/a/b?c=d&e",
            ),
            ("http://my_app?x=/y#z", "my_app", name("my_app"), 80, "/?x=/y"),
            ("http://web#top", "web", name("web"), 80, "/"),
            ("http://127.0.0.1:65535/%20", "127.0.0.1:65535", address("127.0.0.1"), 65535, "/%20"),
            ("http://[::1]", "[::1]", address("::1"), 80, "/"),
            ("http://[fe80::1:2]:81/x", "[fe80::1:2]:81", address("fe80::1:2"), 81, "/x"),
        ];
        for (text, authority, host, port, target) in table {
            let url: Url = text.parse().expect(text);
            assert_eq!(url.to_string(), text);
            assert_eq!(url.authority, authority);
            assert_eq!(url.host, host);
            assert_eq!(url.port, port);
            assert_eq!(url.target, target);
        }
    }

    #[test]
    fn refused() {
        let long_label = format!("http://{}", "a".repeat(64));
        let long_name = format!("http://{}", "a.".repeat(127) + "aa");
        let long_url = format!("http://web/{}", "a".repeat(LONGEST));
        let table = [
            (long_url.as_str(), "at most 8000"),
            ("", "begins with http://"),
            ("web:8080", "begins with http://"),
            ("ftp://web", "begins with http://"),
            ("https://web", "no TLS"),
            ("HTTPS://web", "no TLS"),
            ("http://", "neither a name"),
            ("http:///path", "neither a name"),
            ("http://.", "neither a name"),
            ("http://a..b", "neither a name"),
            ("http://a*b", "neither a name"),
            (&long_label, "neither a name"),
            (&long_name, "neither a name"),
            ("http://user:pass@web", "user name"),
            ("http://web:", "port"),
            ("http://web:0", "port"),
            ("http://web:65536", "port"),
            ("http://web:+80", "port"),
            ("http://web:http", "port"),
            ("http://[::1", "] after"),
            ("http://[::1]8080", "port"),
            ("http://[127.0.0.1]", "no IPv6"),
            ("http://[fe80::1%eth0]", "no IPv6"),
            ("http://::1", "neither a name"),
            ("http://web/a b", "percent-encoded"),
            ("http://web/\r\nX-Evil: yes", "percent-encoded"),
            ("http://web/ñ", "percent-encoded"),
        ];
        for (text, want) in table {
            let error = text.parse::<Url>().expect_err(text);
            assert!(error.contains(want), "{text}: {error}");
        }
    }
}
