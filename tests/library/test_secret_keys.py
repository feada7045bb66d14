"""Private keys in every form; all are made up on the spot."""

import base64

import pytest

from plimsoll.facts.image import secrets
from plimsoll.facts.secrets import keys, tokens

TEXT = "usr/share/doc/beacon/notes.txt"
PKCS8 = b"\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04\x82\x02\x00"
CERTIFICATE = b"\x30\x82\x01\x00\x30\x82\x00\xf0\xa0\x03\x02\x01\x02"
JAVA_ENTRY = b"\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00%s\x00\x01a\x00\x00\x01\xa2"


def pem(chance, kind="RSA ", size=600, before="", after=""):
    body = base64.b64encode(chance.randbytes(size)).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    marks = [f"-----BEGIN {kind}PRIVATE KEY-----", *lines, f"-----END {kind}PRIVATE KEY-----"]
    return "".join(f"{before}{line}{after}\n" for line in marks)


def der(body, size):
    return b"\x30\x82" + (len(body) + size).to_bytes(2, "big") + body


def kinds(content, path=TEXT):
    content = content if isinstance(content, bytes) else content.encode()
    return [each.what for each in secrets.in_file(path, tokens.Words(content))]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""), ("    ", ""), ("> ", ""), ("# ", ""), ("// ", ""), ("* ", ""), ("+", ""), ("  | ", " |"),
        ('"', '\\n" +'), ("'", "',"), ('"', '\\n" \\'), ("", "<br>"), ("", "\r"), ("\t;; ", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [48, 600, 1190])
def test_a_key_is_found_however_a_text_quotes_it(chance, before, after, size):
    assert kinds(f"How it was made:\n\n{pem(chance, size=size, before=before, after=after)}\nand so on\n") == [
        "a private key"
    ]


def test_a_key_is_found_behind_words_about_one(chance):
    text = "What begins with -----BEGIN PRIVATE KEY----- is one:\n" + pem(chance, "")
    assert kinds(text) == ["a private key"]
    assert kinds("PKI of the harbour\n" + pem(chance)) == ["a private key"]
    assert kinds("BZh, wOF and GIF8\n" + pem(chance)) == ["a private key"]


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ", "ED25519 "])
def test_every_kind_of_pem_is_found(chance, kind):
    assert kinds(pem(chance, kind)) == ["a private key"]


def test_a_key_of_openpgp_is_found(chance):
    text = pem(chance, "PGP ").replace("KEY-----", "KEY BLOCK-----").replace("\n", "\nVersion: x\n\n", 1)
    assert kinds(text) == ["a private key"]


def test_a_key_of_ssh_com_is_found(chance):
    text = pem(chance, "SSH2 ENCRYPTED ").replace("-----BEGIN", "---- BEGIN").replace("-----END", "---- END")
    assert kinds(text.replace("KEY-----", "KEY ----")) == ["a private key"]


def test_keys_of_programs_are_found_by_how_their_files_begin(chance):
    noise = chance.randbytes(512)
    java = {number: JAVA_ENTRY % number + noise for number in (b"\x01", b"\x02")}
    bag = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"
    assert kinds(b"PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nPrivate-Lines: 1\r\nAAAA\r\n") == [
        "a private key"
    ]
    assert kinds(b"\xfe\xed\xfe\xed" + java[b"\x01"]) == ["a private key in a keystore"]
    assert kinds(b"\xce\xce\xce\xce" + java[b"\x01"]) == ["a private key in a keystore"]
    assert kinds(b"\xfe\xed\xfe\xed" + java[b"\x02"]) == []
    assert kinds(der(b"\x02\x01\x03\x30" + bag + b"\x02", 512) + noise) == ["a private key in a keystore"]
    assert kinds(der(b"\x02\x01\x03\x30" + bag + b"\x03", 512) + noise) == []
    assert kinds(der(PKCS8, 512) + noise) == ["a private key"]
    assert kinds(der(b"\x02\x01\x00\x02\x82\x01\x01\x00\x80", 512) + noise) == ["a private key"]
    assert kinds(b"\x30\x77\x02\x01\x01\x04\x20" + noise[:0x72]) == ["a private key"]
    assert kinds(der(PKCS8, 511) + noise) == []
    assert kinds(CERTIFICATE + noise) == []
    assert kinds(b"Created: 20261125T213711\nKey: (private-key (ecc (curve Ed25519)(q #40#)(d #41#)))\n") == [
        "a private key"
    ]
    assert kinds(b"(21:protected-private-key(3:ecc") == ["a private key"]
    assert kinds(b"(20:shadowed-private-key(3:ecc") == []


def test_keys_of_the_web_are_found(chance):
    number = base64.urlsafe_b64encode(chance.randbytes(32)).decode().rstrip("=")
    key = f'{{"kty":"EC","crv":"P-256","x":"{number}","y":"{number}"'
    assert kinds(f'{{"keys": [{key},"d":"{number}"}}]}}') == ["a private key"]
    assert kinds(f'{{"kty": "oct", "k": "{number}"}}') == ["a private key"]
    assert kinds(f'{{"keys": [{key}}}]}}') == []
    assert kinds(f"<RSAKeyValue><Modulus>x</Modulus><D>{number * 3}</D></RSAKeyValue>") == ["a private key"]
    assert kinds(f"<RSAKeyValue><Modulus>{number * 3}</Modulus></RSAKeyValue>") == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\n<your key>\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n" + "x" * 64 + "\n-----END PRIVATE KEY-----",
        "PEM_BEGIN = '-----BEGIN RSA PRIVATE KEY-----'\n" + "def read(file):\n    return file.read()\n" * 9
        + "PEM_END = '-----END RSA PRIVATE KEY-----'",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID/YTNalCW5U29Plx7Y7wQwy233GZjFUaVD7Vd7VzbGd harbour",
        "PRIVATE KEY",
    ],
)  # fmt: skip
def test_what_only_speaks_of_a_key_is_none(text):
    assert list(keys.found(text.encode())) == []


def test_what_is_public_is_none(chance):
    for kind in ("PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE", "PGP PUBLIC KEY BLOCK", "CERTIFICATE REQUEST"):
        text = pem(chance, "").replace("PRIVATE KEY", kind)
        assert kinds(text * 20) == []
