"""A load of HTTP requests from this process, to compare two servers side by side and never to boast with."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

CONNECTION_TIMEOUT = 10.0
"""Seconds that one answer may take."""


def requests_per_second(url: str, seconds: float = 3.0, connections: int = 8) -> float:
    """Answers with status 200 in a second, over connections that are kept where the server keeps them.

    Args:
        url: what is asked, again and again.
        seconds: for how long.
        connections: how many ask at the same time.

    Raises:
        RuntimeError: an answer had another status, or none came.

    """
    return asyncio.run(_load(url, seconds, connections))


async def _load(url: str, seconds: float, connections: int) -> float:
    begun = time.monotonic()
    counts = await asyncio.gather(*(_client(url, begun + seconds) for _ in range(connections)))
    return sum(counts) / (time.monotonic() - begun)


async def _client(url: str, deadline: float) -> int:
    parts = urlsplit(url)
    request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    answered = 0
    writer: asyncio.StreamWriter | None = None
    while time.monotonic() < deadline:
        if writer is None:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(request)
        kept = await asyncio.wait_for(_answer(reader, url), CONNECTION_TIMEOUT)
        answered += 1
        if not kept:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()
    return answered


async def _answer(reader: asyncio.StreamReader, url: str) -> bool:
    """Read one answer; whether its connection can be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if " 200 " not in f"{status} ":
        raise RuntimeError(f"{url} answered {status}")
    if "content-length" in headers:
        await reader.readexactly(int(headers["content-length"]))
    elif headers.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.read()
        return False
    return headers.get("connection", "").lower() != "close" and not status.startswith("HTTP/1.0")
