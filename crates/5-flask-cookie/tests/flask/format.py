"""Holds the library against the real Flask, both ways. `just flask` runs it; `cargo test` never needs it.

    python format.py PROGRAM [SEED [COUNT]]

PROGRAM is the built example `exchange`. Sessions that Flask wrote are read and written by us, and the other way round;
payloads that no Flask would write are read by both. The last line is `N passed, N failed, N skipped`.
"""

import base64
import json
import math
import random
import subprocess
import sys
import uuid
import zlib
from datetime import datetime, timedelta, timezone
from unittest import mock

from flask import Flask
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadPayload, BadSignature, TimestampSigner
from markupsafe import Markup

NOW = 1_735_689_600
MONTH = 31 * 24 * 60 * 60
SECRETS = ["A0Zr98j/3yX R~XHH!jmN]LWX/,?RT", "ключ 🔑", b"\x00\xffbinary", "k" * 65, "new-key-2025"]
TAGS = [" t", " b", " m", " u", " d", " di"]


def application(secret, fallbacks=()):
    app = Flask("format")
    app.config.update(SECRET_KEY=secret, SECRET_KEY_FALLBACKS=list(fallbacks))
    return app


def at(now):
    return mock.patch("itsdangerous.timed.time.time", return_value=now)


def dump(app, session, now=NOW):
    with app.app_context(), at(now):
        return SecureCookieSessionInterface().get_signing_serializer(app).dumps(session)


def load(app, cookie, now=NOW, max_age=MONTH):
    """What Flask makes of a cookie: a dict, an empty one where the signature is bad, or the exception behind a 500."""
    with app.app_context(), at(now):
        try:
            serializer = SecureCookieSessionInterface().get_signing_serializer(app)
            return dict(SecureCookieSession(serializer.loads(cookie, max_age=max_age)))
        except BadSignature as error:
            return error
        except Exception as error:
            return error


def forge(app, payload):
    """A cookie with this payload, whatever it is, well signed."""
    with at(NOW):
        signer = TimestampSigner(app.secret_key, salt="cookie-session", key_derivation="hmac")
        return signer.sign(payload).decode()


def encoded(text):
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).rstrip(b"=").decode()


def tagged(app, session):
    with app.app_context():
        return SecureCookieSessionInterface.serializer.dumps(session)


def hexadecimal(secret):
    return (secret.encode() if isinstance(secret, str) else secret).hex()


# --- sessions as a program makes them ---------------------------------------------------------------------------------

TEXTS = ["", "alice", "日本語", "Zażółć", "👩‍👩‍👧 🎉", '"\\/</script>&\'', "\x00\x1f\x7f\x80\u2028\uffff", "a" * 3000, " t", "é" * 40]
NUMBERS = [0, 1, -1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**100, 2**64]
FLOATS = [0.0, -0.0, 1.0, 0.1, 1e15, 1e16, 123456789012345680.0, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan, 1e22, 9007199254740993.0]


def value(rng, depth=0):
    kinds = ["text", "number", "float", "constant", "markup", "bytes", "uuid", "datetime"]
    if depth < 4:
        kinds += ["list", "tuple", "dict", "escaped"] * 2
    match rng.choice(kinds):
        case "text":
            return rng.choice(TEXTS) if rng.random() < 0.5 else "".join(chr(rng.choice([rng.randrange(32, 127), rng.randrange(0xD800), rng.randrange(0xE000, 0x110000)])) for _ in range(rng.randrange(30)))
        case "number":
            return rng.choice(NUMBERS) if rng.random() < 0.5 else rng.randrange(-(10**30), 10**30)
        case "float":
            return rng.choice(FLOATS) if rng.random() < 0.3 else rng.choice([1, -1]) * rng.random() * 10.0 ** rng.randrange(-300, 300)
        case "constant":
            return rng.choice([True, False, None])
        case "markup":
            return Markup(rng.choice(TEXTS))
        case "bytes":
            return rng.randbytes(rng.randrange(40))
        case "uuid":
            return uuid.UUID(int=rng.getrandbits(128))
        case "datetime":
            moment = datetime(rng.randrange(1000, 9999), rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(24), rng.randrange(60), rng.randrange(60), rng.randrange(10**6))
            return rng.choice([moment, moment.replace(tzinfo=timezone(timedelta(minutes=rng.randrange(-720, 720))))])
        case "list":
            return [value(rng, depth + 1) for _ in range(rng.randrange(5))]
        case "tuple":
            return tuple(value(rng, depth + 1) for _ in range(rng.randrange(5)))
        case "dict":
            return {rng.choice(TEXTS + ["k", "z", "Z", "_"]): value(rng, depth + 1) for _ in range(rng.randrange(5))}
        case "escaped":
            return {rng.choice(TAGS) + rng.choice(["", "", "__", "x"]): value(rng, depth + 1)}


def made(rng):
    return {rng.choice(["username", "cart", "_flashes", "x", " t", "日"]): value(rng) for _ in range(rng.randrange(1, 4))}


# --- payloads that nobody writes ----------------------------------------------------------------------------------------

ODD = """
{}|null|[]|""|0|[1]|"a"|true| {"a" : 1 } |{"a":1,"a":2}|{" t":[1]," t":[2]}|{"a":1}x|{"a":1,}|{,}|[,]|{"a"}|{'a':1}|{a:1}
{"a":NaN}|{"a":-NaN}|{"a":Infinity}|{"a":-Infinity}|{"a":+1}|{"a":01}|{"a":-0}|{"a":-0.0}|{"a":1.}|{"a":.5}|{"a":1e}|{"a":1e+}|{"a":1E5}|{"a":1e400}|{"a":-1e400}
{"a":1e-400}|{"a":0.1e1}|{"a":10000000000000000000000}|{"a":1.0000000000000000000000001}|{"a":nul}|{"a":nulll}|{"a":TRUE}|{"a":"\\u00e9"}|{"a":"\\u00E9"}|{"a":"\\ud83d\\ude00"}
{"a":"\\u12"}|{"a":"\\u12g4"}|{"a":"\\x41"}|{"a":"\\/"}|{"a":"\\b\\f\\n\\r\\t"}|{"a":"é"}|{"a":"\\u0000"}|{"a":"|{"a":"b|{"a":"\\"|{|[|{"a"|{"a":|{"a":1
{" t":[["a",1]]}|{"a":{" t":[]}}|{"a":{" t":{" t":[1]}}}|{"a":{" t":5}}|{"a":{" t":null}}|{"a":{" b":""}}|{"a":{" b":"aGk="}}|{"a":{" b":"aGk"}}|{"a":{" b":"a"}}|{"a":{" b":5}}|{"a":{" b":null}}
{"a":{" m":"<b>"}}|{"a":{" m":{" m":"x"}}}|{"a":{" m":[]}}|{"a":{" u":"12345678123456781234567812345678"}}|{"a":{" u":"{12345678-1234-5678-1234-567812345678}"}}|{"a":{" u":"urn:uuid:12345678-1234-5678-1234-567812345678"}}
{"a":{" u":"ABCDEF78123456781234567812345678"}}|{"a":{" u":"zz"}}|{"a":{" u":""}}|{"a":{" u":5}}|{"a":{" u":null}}|{"a":{" d":"Wed, 01 Jan 2025 00:00:00 GMT"}}|{"a":{" d":"junk"}}|{"a":{" d":""}}|{"a":{" d":null}}|{"a":{" d":0}}|{"a":{" d":5}}|{"a":{" d":[]}}|{"a":{" d":[1]}}|{"a":{" d":{"x":1}}}|{"a":{" d":{}}}
{"a":{" d":"Thu, 02 Jan 2025 03:04:05 +0200"}}|{"a":{" d":"Thu, 02 Jan 2025 03:04:05 -0130"}}|{"a":{" d":"Thursday, 02-Jan-25 03:04:05 GMT"}}|{"a":{" d":"Thu Jan  2 03:04:05 2025"}}|{"a":{" d":"2 Jan 2025 03:04"}}|{"a":{" d":"Thu, 02 Jan 2025 03:04:05 EST"}}|{"a":{" d":"Thu, 02 Jan 2025 03:04:05"}}|{"a":{" d":"Thu, 02 Jan 2025 03:04:05 +2400"}}
{"a":{" d":"Thu, 30 Feb 2025 03:04:05 GMT"}}|{"a":{" d":"Thu, 29 Feb 2024 03:04:05 GMT"}}|{"a":{" d":"Thu, 29 Feb 2100 03:04:05 GMT"}}|{"a":{" d":"Thu, 02 Jan 2025 24:00:00 GMT"}}|{"a":{" d":"Thu, 02 Jan 2025 03:04:60 GMT"}}|{"a":{" d":"Mon, 01 Jan 0001 00:00:00 GMT"}}|{"a":{" d":"Fri, 31 Dec 9999 23:59:59 GMT"}}|{"a":{" d":"Sat, 01 Jan 0099 00:00:00 GMT"}}|{"a":{" d":"Sat, 01 Jan 0100 00:00:00 GMT"}}|{"a":{" d":"Sat, 01 January 2000 00:00:00 GMT"}}
{"a":{" di":{" t__":[1,2]}}}|{"a":{" di":{" di__":1}}}|{"a":{" di":{"abc":1}}}|{"a":{" di":{"a":1}}}|{"a":{" di":{}}}|{"a":{" di":5}}|{"a":{" di":[]}}|{"a":{" di":{" t":[1]}}}|{" di":{" t__":1}}|{"a":{" zz":1}}|{"a":{" t":[1],"b":2}}|{"a":{"":1}}|{"a":{" m":{" t":["x"]}}}
""".strip("\n").replace("\n", "|").split("|")

# Python reads almost anything as a date; only the forms that somebody writes are read alike, and those are in ODD.
CHANGEABLE = [text for text in ODD if '" d"' not in text]
DEEP = ['{"a":' + "[" * n + "]" * n + "}" for n in (100, 300)] + ['{"a":' + '{" t":[' * n + "]}" * n + "}" for n in (100, 240)]

def mutated(rng, text):
    text = list(text)
    for _ in range(rng.randrange(1, 3)):
        spot = rng.randrange(len(text))
        match rng.randrange(3):
            case 0:
                text[spot] = rng.choice('{}[]",:\\ueE+-.019nNtfI \t\n')
            case 1:
                text.insert(spot, rng.choice('{}[]",:\\ueE+-.019nNtfI \t\n'))
            case 2:
                del text[spot]
        if not text:
            return "x"
    return "".join(text)


def main():
    program, seed, count = sys.argv[1], int((sys.argv[2:] + ["1"])[0]), int((sys.argv[3:] + ["3000"])[0])
    rng = random.Random(seed)
    apps = [(application(secret), secret, []) for secret in SECRETS]
    apps.append((application("new-key-2025", ["old-key-2023", "old-key-2024"]), "new-key-2025", ["old-key-2023", "old-key-2024"]))
    cases = []

    for _ in range(count):
        app, secret, fallbacks = rng.choice(apps)
        session = made(rng)
        signer = application(rng.choice(fallbacks)) if fallbacks else app
        cases.append(("made", app, secret, fallbacks, NOW, MONTH, dump(signer, session)))
    app, secret, fallbacks = apps[0]
    forged = ODD + DEEP + [mutated(rng, rng.choice(CHANGEABLE)) for _ in range(count)]
    for text in forged:
        cases.append((text, app, secret, fallbacks, NOW, MONTH, forge(app, encoded(text))))
    packed = zlib.compress(b'{"a":1}')
    for name, payload in {
        "junk after zlib": packed + b"junk", "zlib cut": packed[:-1], "bad checksum": packed[:-1] + b"x",
        "raw deflate": packed[2:-4], "no bytes": b"", "not UTF-8": zlib.compress(b'{"a":"\xff"}'),
        "level 0": zlib.compress(b'{"a":1}', 0), "half a megabyte": zlib.compress(b'{"a":"' + b"x" * 500_000 + b'"}'),
    }.items():
        cases.append((name, app, secret, fallbacks, NOW, MONTH, forge(app, b"." + base64.urlsafe_b64encode(payload).rstrip(b"="))))
    for age, max_age in [(0, 0), (1, 0), (MONTH, MONTH), (MONTH + 1, MONTH), (-1, MONTH), (5, 5), (6, 5), (NOW, NOW)]:
        cases.append((f"age {age} of {max_age}", app, secret, fallbacks, NOW + age, max_age, dump(app, {"a": 1})))
    for cookie in ["", ".", "..", "...", "a.b", "a.b.c", "é.é.é", " ", dump(app, {"a": 1}) + " ", dump(app, {"a": 1})[:-1], "x" + dump(app, {"a": 1})]:
        cases.append((f"cookie {cookie!r}", app, secret, fallbacks, NOW, MONTH, cookie))

    lines = [f"{hexadecimal(secret)} {','.join(map(hexadecimal, fallbacks)) or '-'} {now} {max_age} {cookie.encode().hex()}" for _, _, secret, fallbacks, now, max_age, cookie in cases]
    answers = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(answers) == len(cases), (len(answers), len(cases))

    passed, failed, skipped = 0, 0, {}
    plain = packed_alike = packed_both = 0
    for (name, app, _, _, now, max_age, cookie), answer in zip(cases, answers):
        flasks = load(app, cookie, now, max_age)
        kind, rest = answer.split(" ", 1)
        wrong = None
        if isinstance(flasks, BadSignature):
            if not rest.startswith(("Signature", "Time")):
                wrong = f"Flask refuses it ({flasks}), ours: {answer}"
        elif isinstance(flasks, Exception):
            if not rest.startswith("Payload"):
                wrong = f"Flask answers 500 ({flasks!r}), ours: {answer}"
        elif kind == "error":
            reason = stricter(rest)
            if reason:
                skipped.setdefault(reason, []).append(name)
                continue
            wrong = f"Flask reads {flasks!r}, ours: {answer}"
        else:
            read = load(app, rest, now, max_age)
            written = dump(app, flasks, now)
            if isinstance(read, Exception) or tagged(app, read) != tagged(app, flasks):
                wrong = f"Flask reads ours as {read!r}, its own as {flasks!r}"
            elif not written.startswith("."):
                plain += 1
                if written != rest:
                    wrong = f"not the same bytes: {rest}, Flask writes {written}"
            else:
                packed_both += rest.startswith(".")
                packed_alike += written == rest
        if wrong:
            failed += 1
            print(f"FAILED {name[:200]!r}: {wrong[:600]}")
        else:
            passed += 1
    for reason, names in skipped.items():
        print(f"skipped {len(names)}, {reason}: such as {', '.join(map(repr, names[:3]))}")
    print(f"plain and equal to the byte: {plain}; compressed by both: {packed_both}, of these the same bytes: {packed_alike}")
    print(f"{passed} passed, {failed} failed, {sum(map(len, skipped.values()))} skipped")
    sys.exit(failed > 0)


def stricter(sentence):
    """Why we refuse, on purpose, what Flask reads."""
    if "lone surrogate" in sentence:
        return "a lone surrogate, which no Rust text can hold"
    if "not an object" in sentence:
        return "a payload that is no object"
    if "bad tag" in sentence and any(tag in sentence for tag in ('" t"', '" b"', '" m"', '" di"', '" u"')):
        return "a tag on what Flask never puts it on"
    return None


if __name__ == "__main__":
    main()
