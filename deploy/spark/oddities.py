#!/usr/bin/env python3
"""Writes a capture of what few captures hold, so that the detectors of it find something to agree about: two claims of one address, answers that nobody asked for, data in echoes,
SSH on the port of DNS, a scan of protocols, and a host and a service that were not there on the day before.

    oddities.py FILE

The first day is 1999-12-31, the second 2000-01-02: with --from 2000-01-02 the first is the past of whatever else is in the lake.
"""

import ipaddress
import struct
import sys
from datetime import datetime, timezone

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
DAYS = [datetime(1999, 12, 31, 12, tzinfo=timezone.utc).timestamp(), datetime(2000, 1, 2, 12, tzinfo=timezone.utc).timestamp()]
OURS, OTHER, CLIENT, SERVER = "10.0.0.5", "10.0.0.6", "10.0.0.7", "203.0.113.60"


def mac(n):
    return bytes([2, 0, 0, 0, 0, n])


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packed(ip):
    return ipaddress.ip_address(ip).packed


def ip(src, dst, proto, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, proto, 0, packed(src), packed(dst))
    return mac(1) + mac(2) + b"\x08\0" + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def tcp(src, sport, dst, dport, seq, ack, flags, data=b""):
    segment = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 5 << 4, flags, 8192, 0, 0) + data
    pseudo = packed(src) + packed(dst) + struct.pack("!HH", 6, len(segment))
    return ip(src, dst, 6, segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:])


def session(client, sport, server, dport, request, answer):
    """A connection over which both sides send data."""
    steps = [(0, SYN, b""), (1, SYN | ACK, b""), (0, ACK, b""), (0, PSH | ACK, request), (1, PSH | ACK, answer), (0, FIN | ACK, b""), (1, FIN | ACK, b""), (0, ACK, b"")]
    ends, sent, frames = [(client, sport), (server, dport)], [1000, 5000], []
    for side, flags, data in steps:
        frames.append(tcp(*ends[side], *ends[1 - side], sent[side], sent[1 - side] if flags & ACK else 0, flags, data))
        sent[side] += len(data) + (1 if flags & (SYN | FIN) else 0)
    return frames


def echo(src, dst, kind, n, size):
    message = struct.pack("!BBHHH", kind, 0, 0, 7, n) + bytes(range(256))[:size]
    return ip(src, dst, 1, message[:2] + struct.pack("!H", checksum(message)) + message[4:])


def claim(hardware, address):
    return b"\xff" * 6 + hardware + b"\x08\x06" + struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 2, hardware, packed(address), mac(9), packed(OTHER))


def second_day():
    frames = [claim(mac(n), "10.0.0.9") for _ in range(4) for n in (20, 21)]
    frames += [tcp("203.0.113.50", 80, f"10.0.1.{n}", 40000 + n, 1, 2, SYN | ACK) for n in range(1, 16)]
    for n in range(14):
        frames += [echo(OURS, SERVER, 8, n, 40 + n), echo(SERVER, OURS, 0, n, 200)]
    frames += session(CLIENT, 41000, SERVER, 53, b"SSH-2.0-OpenSSH_9.2\r\n" + b"k" * 600, b"SSH-2.0-OpenSSH_8.4\r\n" + b"K" * 700)
    frames += [ip("10.0.0.88", OURS, proto, b"\0" * 8) for proto in range(60, 76)]
    frames += session(CLIENT, 41001, OURS, 8081, b"GET / HTTP/1.1\r\nHost: new\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    return frames


def main(path):
    first = session(OTHER, 40000, OURS, 80, b"GET / HTTP/1.1\r\nHost: old\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for day, frames in zip(DAYS, (first, second_day())):
            for n, frame in enumerate(frames):
                out.write(struct.pack("<IIII", int(day) + n // 10, n % 10 * 100000, len(frame), len(frame)) + frame)


if __name__ == "__main__":
    main(sys.argv[1])
