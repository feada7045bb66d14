//! Names to addresses: /etc/hosts, then the name servers in /etc/resolv.conf over UDP.
//!
//! Not the C library's `getaddrinfo`: linked statically, glibc's loads the modules that /etc/nsswitch.conf names
//! from the image at run time and crashes where that image has another glibc; and it knows no deadline.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use crate::deadline::{Deadline, is_time_out};
use crate::url::is_name;

/// UDP loses packets: how long a server has before the next one is asked; twice as long in every further round.
const PATIENCE: Duration = Duration::from_millis(500);
/// What a server may answer over UDP to a question without EDNS is 512 bytes; some send more.
const LARGEST_REPLY: usize = 4096;
const TYPE_A: u16 = 1;
const TYPE_AAAA: u16 = 28;
const CLASS_IN: u16 = 1;

/// What resolv.conf(5) and hosts(5) say.
#[derive(Debug, PartialEq)]
pub struct Resolver {
    hosts: Vec<(IpAddr, String)>,
    servers: Vec<SocketAddr>,
    search: Vec<String>,
    ndots: usize,
}

/// Why a name has no address.
#[derive(Debug, PartialEq)]
enum Failure {
    NoSuchName,
    NoAddress,
    Truncated,
    ServerFailed(u8),
    NoAnswer,
}

impl Failure {
    fn about(&self, name: &str) -> String {
        match self {
            Self::NoSuchName => format!("no such name: {name}"),
            Self::NoAddress => format!("{name} has no address"),
            Self::Truncated => {
                format!("the addresses of {name} do not fit into one answer of its name server")
            }
            Self::ServerFailed(code) => format!("the name server failed on {name} (code {code})"),
            Self::NoAnswer => format!("no name server answered for {name}"),
        }
    }
}

impl Resolver {
    /// As this system is set up; in an empty file system there are no hosts and the server is on this machine.
    pub fn of_system() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        Self::new(&read("/etc/hosts"), &read("/etc/resolv.conf"))
    }

    fn new(hosts: &str, resolv_conf: &str) -> Self {
        let mut resolver = Self { hosts: Vec::new(), servers: Vec::new(), search: Vec::new(), ndots: 1 };
        for line in hosts.lines() {
            let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
            if let Some(Ok(address)) = words.next().map(str::parse::<IpAddr>) {
                resolver.hosts.extend(words.map(|name| (address, name.to_string())));
            }
        }
        for line in resolv_conf.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => {
                    let address = words.next().and_then(|word| word.parse::<IpAddr>().ok());
                    resolver.servers.extend(address.map(|address| SocketAddr::new(address, 53)));
                }
                // The last of them counts.
                Some("search" | "domain") => {
                    resolver.search = words.map(|suffix| suffix.trim_end_matches('.').to_string()).collect();
                    resolver.search.retain(|suffix| !suffix.is_empty());
                }
                Some("options") => {
                    let ndots =
                        words.filter_map(|word| word.strip_prefix("ndots:")?.parse().ok()).next_back();
                    resolver.ndots = ndots.unwrap_or(resolver.ndots);
                }
                _ => {}
            }
        }
        if resolver.servers.is_empty() {
            resolver.servers.push((Ipv4Addr::LOCALHOST, 53).into());
        }
        resolver
    }

    /// All addresses of a name, those of IPv4 first.
    pub fn lookup(&self, name: &str, deadline: Deadline) -> Result<Vec<IpAddr>, String> {
        let bare = name.trim_end_matches('.');
        let known = self.hosts.iter().filter(|(_, host)| host.eq_ignore_ascii_case(bare));
        let mut addresses: Vec<_> = known.map(|(address, _)| *address).collect();
        if !addresses.is_empty() {
            addresses.sort_by_key(IpAddr::is_ipv6);
            return Ok(addresses);
        }
        // A name that exists without an address, or a server that fails, says more than the next name's absence.
        let mut worst = Failure::NoSuchName;
        for candidate in self.candidates(name) {
            match self.ask(&candidate, deadline) {
                Ok(addresses) => return Ok(addresses),
                Err(Failure::NoAnswer) => return Err(Failure::NoAnswer.about(name)),
                Err(Failure::NoSuchName) => {}
                Err(failure) => worst = failure,
            }
        }
        Err(worst.about(name))
    }

    /// The full names that a name may stand for, in the order of resolv.conf(5).
    fn candidates(&self, name: &str) -> Vec<String> {
        if let Some(absolute) = name.strip_suffix('.') {
            return vec![absolute.to_string()];
        }
        let mut candidates: Vec<_> = self.search.iter().map(|suffix| format!("{name}.{suffix}")).collect();
        let dots = name.matches('.').count();
        candidates.insert(if dots >= self.ndots { 0 } else { candidates.len() }, name.to_string());
        // A suffix can be one that DNS does not carry, or make a name longer than that.
        candidates.retain(|candidate| is_name(candidate));
        candidates
    }

    /// Every server in turn, again and again, until one knows or the deadline is reached.
    fn ask(&self, name: &str, deadline: Deadline) -> Result<Vec<IpAddr>, Failure> {
        let mut patience = PATIENCE;
        loop {
            let mut silent = false;
            let mut last_code = 0;
            for &server in &self.servers {
                match ask_one(server, name, deadline.or_after(patience)) {
                    Ok(Err(Failure::ServerFailed(code))) => last_code = code,
                    Ok(verdict) => return verdict,
                    Err(error) => silent |= is_time_out(&error),
                }
            }
            if last_code != 0 {
                return Err(Failure::ServerFailed(last_code));
            }
            // Servers that refuse will not think better of it.
            if !silent || deadline.remaining().is_err() {
                return Err(Failure::NoAnswer);
            }
            patience *= 2;
        }
    }
}

/// Asks one server for both kinds of address at once.
///
/// One kind is enough when the other gets no answer: there are servers that drop questions about IPv6.
fn ask_one(server: SocketAddr, name: &str, until: Deadline) -> io::Result<Result<Vec<IpAddr>, Failure>> {
    let local: IpAddr =
        if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((local, 0))?;
    socket.connect(server)?;
    let id = RandomState::new().build_hasher().finish().to_le_bytes();
    let questions = [question(name, TYPE_A, [id[0], id[1]]), question(name, TYPE_AAAA, [id[2], id[3]])];
    let mut verdicts = [const { None }; 2];
    for question in &questions {
        socket.send(question)?;
    }
    let mut reply = [0; LARGEST_REPLY];
    while verdicts.iter().any(Option::is_none) {
        let received = until
            .remaining()
            .and_then(|remaining| socket.set_read_timeout(Some(remaining)))
            .and_then(|()| socket.recv(&mut reply));
        match received {
            Ok(length) => {
                for (question, verdict) in questions.iter().zip(&mut verdicts) {
                    *verdict = verdict.take().or_else(|| answer(&reply[..length], question));
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if is_time_out(&error) && matches!(verdicts, [Some(Ok(_)), _] | [_, Some(Ok(_))]) => {
                break;
            }
            Err(error) => return Err(error),
        }
    }
    let mut addresses = Vec::new();
    let mut failure = Failure::NoSuchName;
    for verdict in verdicts.into_iter().flatten() {
        match verdict {
            Ok(found) => addresses.extend(found),
            Err(other) if failure == Failure::NoSuchName => failure = other,
            Err(_) => {}
        }
    }
    Ok(if addresses.is_empty() { Err(failure) } else { Ok(addresses) })
}

/// A question as RFC 1035 writes it, with recursion desired; the name has no final dot.
fn question(name: &str, kind: u16, id: [u8; 2]) -> Vec<u8> {
    let mut message = vec![id[0], id[1], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        // At most 63 bytes in a name that `is_name`.
        message.push(u8::try_from(label.len()).unwrap_or_default());
        message.extend(label.as_bytes());
    }
    message.push(0);
    message.extend(kind.to_be_bytes());
    message.extend(CLASS_IN.to_be_bytes());
    message
}

/// What a message says to a question; None where it is no answer to it, or is broken.
fn answer(message: &[u8], question: &[u8]) -> Option<Result<Vec<IpAddr>, Failure>> {
    let header = message.get(..12)?;
    let is_reply = header[2] & 0x80 != 0;
    let asked = message.get(12..question.len())?;
    if !is_reply || header[..2] != question[..2] || !asked.eq_ignore_ascii_case(&question[12..]) {
        return None;
    }
    match header[3] & 0x0f {
        0 => {}
        3 => return Some(Err(Failure::NoSuchName)),
        code => return Some(Err(Failure::ServerFailed(code))),
    }
    let kind = &question[question.len() - 4..question.len() - 2];
    let mut addresses = Vec::new();
    let mut rest = message.get(question.len()..)?;
    for _ in 0..u16::from_be_bytes([header[6], header[7]]) {
        let record = after_name(rest)?;
        let length = usize::from(u16::from_be_bytes([*record.get(8)?, *record.get(9)?]));
        let data = record.get(10..10 + length)?;
        // Whose record it is needs no check: what is not the name itself is what its aliases lead to.
        if &record[..2] == kind {
            addresses.push(match data.len() {
                4 => IpAddr::from(<[u8; 4]>::try_from(data).ok()?),
                16 => IpAddr::from(<[u8; 16]>::try_from(data).ok()?),
                _ => return None,
            });
        }
        rest = &record[10 + length..];
    }
    // One address that did fit is as good as all of them.
    let truncated = header[2] & 0x02 != 0;
    Some(match (addresses.is_empty(), truncated) {
        (false, _) => Ok(addresses),
        (true, true) => Err(Failure::Truncated),
        (true, false) => Err(Failure::NoAddress),
    })
}

/// What follows a name, which ends with a zero or with a pointer to its rest.
fn after_name(mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        match *bytes.first()? {
            0 => return bytes.get(1..),
            pointer if pointer >= 0xc0 => return bytes.get(2..),
            length => bytes = bytes.get(1 + usize::from(length)..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::Instant;

    use super::*;

    const NO_ERROR: u8 = 0;
    const SERVER_FAILURE: u8 = 2;
    const NAME_ERROR: u8 = 3;
    const REFUSED: u8 = 5;
    const TYPE_CNAME: u16 = 5;
    const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(172, 18, 0, 2));
    const SECOND: IpAddr = IpAddr::V4(Ipv4Addr::new(172, 18, 0, 3));
    const ADDRESS_6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2));

    /// What a test's server was asked: name and type.
    type Asked = Arc<Mutex<Vec<(String, u16)>>>;

    /// A name server that sends what `answers` makes of a name, a type and the question itself.
    fn server<F>(answers: F) -> (SocketAddr, Asked)
    where
        F: Fn(&str, u16, &[u8]) -> Vec<Vec<u8>> + Send + 'static,
    {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let asked = Asked::default();
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok((length, client)) = socket.recv_from(&mut buffer) {
                let question = &buffer[..length];
                let (name, kind) = read(question);
                log.lock().unwrap().push((name.clone(), kind));
                for reply in answers(&name, kind, question) {
                    socket.send_to(&reply, client).unwrap();
                }
            }
        });
        (address, asked)
    }

    /// Name and type of a question, read without the code under test.
    fn read(question: &[u8]) -> (String, u16) {
        assert_eq!(question[2..12], [1, 0, 0, 1, 0, 0, 0, 0, 0, 0], "recursion desired, one question");
        let mut labels = Vec::new();
        let mut at = 12;
        while question[at] != 0 {
            let end = at + 1 + usize::from(question[at]);
            labels.push(String::from_utf8(question[at + 1..end].to_vec()).unwrap());
            at = end;
        }
        assert_eq!(question[at + 3..], [0, 1], "class IN ends the question");
        (labels.join("."), u16::from_be_bytes([question[at + 1], question[at + 2]]))
    }

    fn reply(question: &[u8], code: u8, records: &[(u16, &[u8])]) -> Vec<u8> {
        let mut message = question.to_vec();
        message[2] |= 0x80;
        message[3] = 0x80 | code;
        message[7] = u8::try_from(records.len()).unwrap();
        for (kind, data) in records {
            // A pointer to the question's name.
            message.extend([0xc0, 12]);
            message.extend(kind.to_be_bytes());
            message.extend([0, 1, 0, 0, 2, 88, 0, u8::try_from(data.len()).unwrap()]);
            message.extend(*data);
        }
        message
    }

    fn address_of_web(_: &str, kind: u16, question: &[u8]) -> Vec<Vec<u8>> {
        match kind {
            TYPE_A => vec![reply(question, NO_ERROR, &[(TYPE_A, &[172, 18, 0, 2])])],
            _ => vec![reply(question, NO_ERROR, &[])],
        }
    }

    fn fails_with(code: u8) -> (SocketAddr, Asked) {
        server(move |_, _, question| vec![reply(question, code, &[])])
    }

    fn silent() -> (SocketAddr, Asked) {
        server(|_, _, _| Vec::new())
    }

    fn resolver(servers: &[SocketAddr]) -> Resolver {
        Resolver { servers: servers.to_vec(), ..Resolver::new("", "") }
    }

    fn lookup(servers: &[SocketAddr], name: &str) -> Result<Vec<IpAddr>, String> {
        resolver(servers).lookup(name, Deadline::after(Duration::from_secs(5)))
    }

    fn names(asked: &Asked) -> Vec<String> {
        let asked = asked.lock().unwrap();
        asked.iter().filter(|(_, kind)| *kind == TYPE_A).map(|(name, _)| name.clone()).collect()
    }

    #[test]
    fn the_system_files_are_read() {
        let hosts =
            "127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # both\n# 10.0.0.1 no\n\nfe80::1%lo0 no\n";
        let resolv_conf = "# by the engine\nnameserver 127.0.0.11\nnameserver fd00::53\nnameserver fe80::1%eth0\n\
            domain old.example\nsearch one.example. two.example .\noptions edns0 ndots:0 trust-ad\n; the end\n";
        let resolver = Resolver::new(hosts, resolv_conf);
        let named = |address: &str, name: &str| (address.parse().unwrap(), name.to_string());
        assert_eq!(
            resolver.hosts,
            [named("127.0.0.1", "localhost"), named("::1", "localhost"), named("::1", "ip6-localhost")]
        );
        assert_eq!(resolver.servers, ["127.0.0.11:53".parse().unwrap(), "[fd00::53]:53".parse().unwrap()]);
        assert_eq!(resolver.search, ["one.example", "two.example"]);
        assert_eq!(resolver.ndots, 0);
    }

    #[test]
    fn an_empty_file_system_has_a_server_on_this_machine() {
        let resolver = Resolver::new("", "");
        assert_eq!(resolver.servers, ["127.0.0.1:53".parse().unwrap()]);
        assert_eq!(resolver.ndots, 1);
    }

    #[test]
    fn the_hosts_file_goes_first() {
        let (server, asked) = silent();
        let hosts = "::1 box\n172.18.0.3 other Box\n172.18.0.2 box\n";
        let resolver = Resolver { servers: vec![server], ..Resolver::new(hosts, "") };
        let found = resolver.lookup("BOX.", Deadline::after(Duration::from_secs(5)));
        assert_eq!(
            found.unwrap(),
            [SECOND, ADDRESS, Ipv6Addr::LOCALHOST.into()],
            "IPv4 first, else as written"
        );
        assert!(asked.lock().unwrap().is_empty());
    }

    #[test]
    fn both_kinds_of_address_are_found() {
        let (server, asked) = server(|_, kind, question| {
            let IpAddr::V6(address) = ADDRESS_6 else { unreachable!() };
            vec![match kind {
                TYPE_A => {
                    reply(question, NO_ERROR, &[(TYPE_A, &[172, 18, 0, 2]), (TYPE_A, &[172, 18, 0, 3])])
                }
                _ => reply(question, NO_ERROR, &[(TYPE_AAAA, &address.octets())]),
            }]
        });
        assert_eq!(lookup(&[server], "web").unwrap(), [ADDRESS, SECOND, ADDRESS_6]);
        assert_eq!(*asked.lock().unwrap(), [("web".to_string(), TYPE_A), ("web".to_string(), TYPE_AAAA)]);
    }

    #[test]
    fn an_answer_that_is_cut_off_is_not_taken_for_no_address() {
        let cut = |question: &[u8], records: &[(u16, &[u8])]| {
            let mut message = reply(question, NO_ERROR, records);
            message[2] |= 0x02;
            message
        };
        let (server, _) = self::server(move |name, kind, question| {
            let some: &[(u16, &[u8])] = &[(TYPE_A, &[172, 18, 0, 2])];
            vec![cut(question, if name == "some" && kind == TYPE_A { some } else { &[] })]
        });
        assert_eq!(
            lookup(&[server], "none").unwrap_err(),
            "the addresses of none do not fit into one answer of its name server"
        );
        assert_eq!(lookup(&[server], "some").unwrap(), [ADDRESS]);
    }

    #[test]
    fn aliases_are_passed_over() {
        let (server, _) = server(|_, kind, question| {
            let alias: (u16, &[u8]) = (TYPE_CNAME, b"\x04real\x07example\0");
            vec![match kind {
                TYPE_A => reply(question, NO_ERROR, &[alias, (TYPE_A, &[172, 18, 0, 2])]),
                _ => reply(question, NO_ERROR, &[alias]),
            }]
        });
        assert_eq!(lookup(&[server], "web").unwrap(), [ADDRESS]);
    }

    #[test]
    fn an_upper_case_answer_is_an_answer() {
        let (server, _) = server(|name, kind, question| {
            let mut replies = address_of_web(name, kind, question);
            replies[0][12..].make_ascii_uppercase();
            replies
        });
        assert_eq!(lookup(&[server], "web").unwrap(), [ADDRESS]);
    }

    #[test]
    fn names_are_completed_as_resolv_conf_says() {
        let search = "search one.example two.example\n";
        let too_long = format!("search {} two.example\n", "a".repeat(64));
        let table = [
            (search, "web", vec!["web.one.example", "web.two.example", "web"]),
            (search, "web.sub", vec!["web.sub", "web.sub.one.example", "web.sub.two.example"]),
            (search, "web.", vec!["web"]),
            ("search one.example\noptions ndots:2", "web.sub", vec!["web.sub.one.example", "web.sub"]),
            // As Docker writes it.
            ("search example\noptions ndots:0", "web", vec!["web", "web.example"]),
            (&too_long, "web", vec!["web.two.example", "web"]),
            ("", "web", vec!["web"]),
        ];
        for (resolv_conf, name, want) in table {
            let (server, asked) = fails_with(NAME_ERROR);
            let resolver = Resolver { servers: vec![server], ..Resolver::new("", resolv_conf) };
            let error = resolver.lookup(name, Deadline::after(Duration::from_secs(5))).unwrap_err();
            assert_eq!(error, format!("no such name: {name}"));
            assert_eq!(names(&asked), want, "{resolv_conf}");
        }
    }

    #[test]
    fn the_first_name_with_an_address_is_taken() {
        let (server, asked) = server(|name, kind, question| match name {
            "web.two.example" => address_of_web(name, kind, question),
            _ => vec![reply(question, NAME_ERROR, &[])],
        });
        let resolv_conf = "search one.example two.example three.example";
        let resolver = Resolver { servers: vec![server], ..Resolver::new("", resolv_conf) };
        assert_eq!(resolver.lookup("web", Deadline::after(Duration::from_secs(5))).unwrap(), [ADDRESS]);
        assert_eq!(names(&asked), ["web.one.example", "web.two.example"]);
    }

    #[test]
    fn a_name_without_an_address_is_told_from_none() {
        let (server, _) = fails_with(NO_ERROR);
        assert_eq!(lookup(&[server], "web").unwrap_err(), "web has no address");
    }

    #[test]
    fn the_next_server_is_asked_where_one_fails() {
        for code in [SERVER_FAILURE, REFUSED] {
            let (bad, _) = fails_with(code);
            let (good, _) = server(address_of_web);
            assert_eq!(lookup(&[bad, good], "web").unwrap(), [ADDRESS]);
            let error = lookup(&[bad, bad], "web").unwrap_err();
            assert_eq!(error, format!("the name server failed on web (code {code})"));
        }
    }

    #[test]
    fn the_next_server_is_asked_where_one_is_silent() {
        let (mute, _) = silent();
        let (good, _) = server(address_of_web);
        assert_eq!(lookup(&[mute, good], "web").unwrap(), [ADDRESS]);
    }

    #[test]
    fn a_lost_question_is_asked_again() {
        let lost = Mutex::new(2);
        let (server, asked) = server(move |name, kind, question| {
            let mut lost = lost.lock().unwrap();
            if *lost > 0 {
                *lost -= 1;
                return Vec::new();
            }
            address_of_web(name, kind, question)
        });
        assert_eq!(lookup(&[server], "web").unwrap(), [ADDRESS]);
        assert_eq!(names(&asked), ["web", "web"]);
    }

    #[test]
    fn a_server_that_drops_questions_about_ipv6_is_enough() {
        let (server, _) = server(|name, kind, question| match kind {
            TYPE_A => address_of_web(name, kind, question),
            _ => Vec::new(),
        });
        assert_eq!(lookup(&[server], "web").unwrap(), [ADDRESS]);
    }

    #[test]
    fn what_is_no_answer_is_passed_over() {
        let (server, _) = server(|name, kind, question| {
            let answer = address_of_web(name, kind, question).remove(0);
            let forged = reply(question, NO_ERROR, &[(TYPE_A, &[6, 6, 6, 6])]);
            let mut other_id = forged.clone();
            other_id[0] ^= 1;
            let mut other_name = forged.clone();
            other_name[13] ^= 1;
            let mut no_reply = forged.clone();
            no_reply[2] &= 0x7f;
            let cut = forged[..forged.len() - 1].to_vec();
            let mut bad_length = reply(question, NO_ERROR, &[(kind, &[6, 6, 6])]);
            bad_length.extend([0; 64]);
            vec![Vec::new(), b"gibberish".to_vec(), other_id, other_name, no_reply, cut, bad_length, answer]
        });
        assert_eq!(lookup(&[server], "web").unwrap(), [ADDRESS]);
    }

    #[test]
    fn no_message_is_a_trap() {
        let asked = question("web.example", TYPE_A, [1, 2]);
        let records: [(u16, &[u8]); 2] = [(TYPE_CNAME, b"\x04real\xc0\x10"), (TYPE_A, &[172, 18, 0, 2])];
        let message = reply(&asked, NO_ERROR, &records);
        assert_eq!(answer(&message, &asked), Some(Ok(vec![ADDRESS])));
        for length in 0..message.len() {
            assert_eq!(answer(&message[..length], &asked), None, "cut to {length}");
        }
        for at in 0..message.len() {
            for value in [0, 1, 0x3f, 0x40, 0xc0, 0xff] {
                let mut changed = message.clone();
                changed[at] = value;
                // Whatever it says, it ends and does not panic.
                let _ = answer(&changed, &asked);
            }
        }
    }

    #[test]
    fn the_deadline_is_kept() {
        let (mute, _) = silent();
        let start = Instant::now();
        let error = resolver(&[mute]).lookup("web", Deadline::after(Duration::from_millis(700))).unwrap_err();
        assert_eq!(error, "no name server answered for web");
        let took = start.elapsed();
        assert!((Duration::from_millis(700)..Duration::from_secs(2)).contains(&took), "took {took:?}");
    }

    #[test]
    fn nobody_at_the_server_s_port_is_noticed_at_once() {
        // Bound and dropped: nobody is there.
        let nobody = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let start = Instant::now();
        assert_eq!(lookup(&[nobody], "web").unwrap_err(), "no name server answered for web");
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}
