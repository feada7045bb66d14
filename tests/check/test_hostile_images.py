"""Images that misbehave: each is judged, to an end, and nothing of it is left behind."""

import pytest

from plimsoll import engine

pytestmark = pytest.mark.xdist_group("check")

HOSTILE = {
    "hangs and listens on nothing": 'ENTRYPOINT ["sleep", "infinity"]',
    "ignores SIGTERM": 'ENTRYPOINT ["sh", "-c", "trap \'\' TERM INT; while true; do sleep 1; done"]',
    "serves in long lines and refuses to die": 'ENTRYPOINT ["sh", "-c", "trap \'\' TERM INT; httpd -f -p 8080 & '
    "while true; do head -c 180000 /dev/zero | tr '\\\\\\\\0' x; echo; sleep 1; done\"]",
    "floods its log": 'ENTRYPOINT ["yes", "a line that is long enough to fill a disk, given the time"]',
    "forks without end": 'ENTRYPOINT ["sh", "-c", "f() { f | f & }; f; sleep infinity"]',
    "eats memory": 'ENTRYPOINT ["sh", "-c", "x=xxxxxxxxxxxxxxxx; while true; do x=$x$x; done"]',
    "ends at once": 'ENTRYPOINT ["true"]',
    "has no such program": 'ENTRYPOINT ["/nowhere"]',
    "answers no HTTP": 'ENTRYPOINT ["nc", "-lk", "-p", "8080", "-e", "cat"]',
}

BOUNDED_BY = {"forks without end": "PidsLimit", "eats memory": "MemoryLimit"}
"""What keeps these from taking the machine with them."""


@pytest.mark.parametrize("what", HOSTILE)
def test_a_misbehaving_program_is_judged(check, image, what):
    if (limit := BOUNDED_BY.get(what)) and not engine.info()[limit]:
        pytest.skip(f"the engine has no {limit} (a rootless one without cgroup v2): nothing would stop it")
    name = image(f"FROM busybox:1.37-musl\nEXPOSE 8080\nUSER 65532:65532\n{HOSTILE[what]}\n")
    done = check(name, "--timeout=3", "--require=run")
    assert done.code in {1, 2}, done.said + done.errors
    assert "Traceback" not in done.said + done.errors
    assert done.left == []


def test_an_image_without_a_file_is_judged(check, image):
    done = check(image('FROM scratch\nUSER 65532:65532\nENTRYPOINT ["/nowhere"]\n'))
    assert done.code in {1, 2}, done.said + done.errors
    assert "Traceback" not in done.said + done.errors


def test_an_image_of_a_hundred_thousand_files_is_judged(check, image):
    done = check(
        image(
            "FROM busybox:1.37-musl AS many\n"
            "RUN mkdir /many && cd /many && seq 1 100000 | xargs touch\n"
            "FROM scratch\nCOPY --from=many /many /many\nUSER 65532:65532\n"
        ),
        "--depth=image",
    )
    assert done.code in {0, 1}, done.said + done.errors


def test_an_image_of_several_gigabytes_is_judged(check, image):
    done = check(
        image(
            "FROM busybox:1.37-musl AS large\n"
            "RUN truncate -s 3G /large\n"
            'FROM scratch\nCOPY --from=large /large /large\nUSER 65532:65532\nENTRYPOINT ["/large"]\n'
        ),
        "--depth=image",
    )
    assert done.code in {0, 1}, done.said + done.errors


def test_odd_names_and_links_are_judged(check, image):
    done = check(
        image(
            "FROM busybox:1.37-musl AS odd\n"
            "RUN mkdir /odd && cd /odd && touch \"$(printf 'a\\nb')\" \"$(printf '\\377')\" 'with space' -- '-x' "
            "&& ln -s /odd/loop /odd/loop && ln -s / root && ln -s ../../../../etc/passwd climb && mkfifo pipe\n"
            "FROM scratch\nCOPY --from=odd /odd /odd\nUSER 65532:65532\n"
        ),
        "--depth=image",
    )
    assert done.code in {0, 1}, done.said + done.errors
    assert "Traceback" not in done.said + done.errors


def test_an_image_for_another_processor_is_judged(check, image):
    done = check(image("FROM --platform=linux/arm64 scratch\nCOPY <<EOF /x\nhello\nEOF\nUSER 65532:65532\n"))
    assert done.code in {0, 1, 2}, done.said + done.errors
    assert "Traceback" not in done.said + done.errors
