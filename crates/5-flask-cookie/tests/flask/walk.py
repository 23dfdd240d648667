"""One browser, two servers: the real Flask and ours share its session. `just flask` runs it; `cargo test` never needs it.

    python walk.py PROGRAM FOLDER

PROGRAM is the built server, and FOLDER one that `printed.py` prepared, whose Python this is. Both servers listen on free ports
of this machine; the browser is one cookie jar for `localhost`, since ports don't separate cookies. The last line is
`N passed, N failed`, and the exit code is 1 where something failed.
"""

import html
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import printed

ARTICLE_KEY = "A0Zr98j/3yX R~XHH!jmN]LWX/,?RT"
NAMES = ["alice", "小明", "👩‍👩‍👧 🎉", "\"quotes\" and 'quotes' and \\", "<b>bold</b> & co", " t", "Ж" * 300, "null\x00\x1f"]
NOBODY = "You are not logged in"
SETTINGS = ["SECRET_KEY", "SECRET_KEY_FILE", "SECRET_KEY_FALLBACKS", "SESSION_SECONDS"]
DELETION = "session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/"


class Site:
    """A server in a process of its own: with this key, or as a line that the document prints starts it."""

    def __init__(self, command, key=None, fallbacks=(), folder=None):
        environment = {name: value for name, value in os.environ.items() if name not in SETTINGS} | {"PORT": "0", "PYTHONUTF8": "1"}
        if key is not None:
            environment |= {"SECRET_KEY": key, "SECRET_KEY_FALLBACKS": "\n".join(fallbacks)}
        # A group of its own: a line starts a shell, and the shell the server.
        self.process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True
        )
        self.port, said = None, ""
        while self.port is None:
            line = self.process.stdout.readline()
            said += line
            if not line:
                sys.exit(f"FAILED {command} printed no port, but this:\n{said}")
            found = re.search(r'(?:localhost:|127\.0\.0\.1:|"port": )(\d+)', line)
            self.port = found and int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other: it is what sets the cookie."""

    def redirect_request(self, *_):
        return None


class Browser:
    def __init__(self):
        self.jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy())
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), Stay)

    def ask(self, site, path, form=None):
        """Status, text and `Set-Cookie` lines of one exchange."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(f"http://localhost:{site.port}{path}", data)
        try:
            answer = self.opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read().decode(), answer.headers.get_all("Set-Cookie") or []

    def is_who(self, site):
        """What the first page says: a heading in ours, all of the page in Flask's."""
        _, text, _ = self.ask(site, "/")
        heading = re.search(r"<h1>(.*?)</h1>", text, re.S)
        return html.unescape(heading[1] if heading else text)

    def cookie(self):
        return next((cookie.value for cookie in self.jar if cookie.name == "session"), None)


passed, failed = 0, 0


def check(what, is_, should_be):
    global passed, failed
    if is_ == should_be:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {what}: {str(is_)[:300]!r}, should be {str(should_be)[:300]!r}")


def walk(flask, ours, name):
    """Log in at Flask, read here, change here, read at Flask, log out here: logged out there. Then the other way round."""
    browser = Browser()
    check(f"{name!r}: Flask takes the log-in", browser.ask(flask, "/login", {"username": name})[0], 302)
    # What a browser shows for a NUL is a replacement character; both servers send it as it is.
    check(f"{name!r}: logged in at Flask, read here", browser.is_who(ours), f"Logged in as {name}")
    check(f"{name!r}: changed here", browser.ask(ours, "/login", {"username": name + "二"})[0], 303)
    check(f"{name!r}: read at Flask", browser.is_who(flask), f"Logged in as {name}二")
    check(f"{name!r}: logged out here", browser.ask(ours, "/logout")[2], [DELETION])
    check(f"{name!r}: logged out there", browser.is_who(flask), NOBODY)
    check(f"{name!r}: the jar is empty", browser.cookie(), None)

    browser.ask(ours, "/login", {"username": name})
    check(f"{name!r}: logged in here, read at Flask", browser.is_who(flask), f"Logged in as {name}")
    check(f"{name!r}: logged out there", browser.ask(flask, "/logout")[2], [DELETION])
    check(f"{name!r}: logged out here", browser.is_who(ours), NOBODY)


def article(program, folder):
    """The program that is printed, started by the lines that are printed, with the key that the printed line made."""
    prepare, flask_line, our_line = printed.beside_flask()
    activate = next(line for line in prepare.splitlines() if "activate" in line)
    flask_line, ports = re.subn("--port 5050", "--port 0", flask_line)
    our_line, programs = re.subn("cargo run -p flask-cookie", program, our_line)
    check("each line starts what it should", (ports, programs), (1, 1))
    lines = ["sh", "-euc", f"exec 2>&1; {activate}; {flask_line}"], ["sh", "-euc", our_line]
    with Site(lines[0], folder=folder) as flask, Site(lines[1], folder=folder) as ours:
        for name in NAMES:
            walk(flask, ours, name)
        browser = Browser()
        status, text, _ = browser.ask(flask, "/login")
        check("the printed form has a label", (status, "<label>" in text), (200, True))
        browser.ask(flask, "/login", {"username": "<b>"})
        check("the printed page escapes", browser.ask(flask, "/")[1], "Logged in as &lt;b&gt;")
        file = Path(folder) / "target/flask/key.txt"
        key = file.read_text()
        check("the key is 32 random bytes", re.fullmatch("[0-9a-f]{64}", key) is not None, True)
        with Site([program], key) as third:
            check("the key of the file, from the environment", browser.is_who(third), "Logged in as <b>")
    file.write_bytes(key.encode() + b"\r\n")
    with Site(lines[0], folder=folder) as flask, Site(lines[1], folder=folder) as ours:
        for site in (flask, ours):
            check("a line end behind the key is no part of it", browser.is_who(site), "Logged in as <b>")
    without = [sys.executable, "-m", "flask", "--app", "target/flask/article", "run", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    for settings in [{}, {"SECRET_KEY": ""}]:
        ended = subprocess.run(without, cwd=folder, env=environment | settings, capture_output=True, text=True, timeout=60)
        check(f"no key with {settings}", (ended.returncode, ended.stderr.strip().splitlines()[-1][:7]), (1, "No key:"))


def same_bytes(flask, ours):
    """In the same second, the two write the same line."""
    for form in [{"username": "alice"}, {"username": "小明 🎉"}, {"username": "alice", "remember": "1"}]:
        for _ in range(5):
            theirs, mine = (Browser().ask(site, "/login", form)[2] for site in (flask, ours))
            if theirs == mine:
                break
        check(f"the same line for {form}", mine, theirs)


def values(flask, ours):
    """What our server doesn't know of stays in the session, to the type."""
    browser = Browser()
    browser.ask(flask, "/values", {})
    before = json.loads(browser.ask(flask, "/values")[1])
    check("Flask reads its own values", set(before.values()), {True})
    browser.ask(ours, "/login", {"username": "小明"})
    for name, same in json.loads(browser.ask(flask, "/values")[1]).items():
        check(f"{name} after a change here", same, True)
    browser.ask(ours, "/logout")
    for name, same in json.loads(browser.ask(flask, "/values")[1]).items():
        check(f"{name} after the log-out here", same, True)
    check("nobody is logged in", browser.is_who(flask), NOBODY)

    browser = Browser()
    browser.ask(flask, "/long", {})
    check("the long value's cookie is long", len(browser.cookie()) > 2500, True)
    browser.ask(ours, "/login", {"username": "alice"})
    check("3 KB after a change here", json.loads(browser.ask(flask, "/long")[1]), True)
    check("and logged in", browser.is_who(flask), "Logged in as alice")

    browser = Browser()
    browser.ask(flask, "/flash", {})
    browser.ask(ours, "/login", {"username": "alice"})
    check("a flash message after a change here", json.loads(browser.ask(flask, "/flash")[1]), [["notice", "saved 已保存"]])
    check("the message is shown once", json.loads(browser.ask(flask, "/flash")[1]), [])
    check("and the user stays", browser.is_who(ours), "Logged in as alice")


def quoted(flask, ours):
    """Quotes around a cookie's value are no part of it, there and here."""
    browser = Browser()
    browser.ask(flask, "/login", {"username": "alice"})
    value = browser.cookie()
    for header, who in [(f'session="{value}"', "Logged in as alice"), (f'session="{value}', NOBODY), ('session=""', NOBODY)]:
        browser = Browser()
        browser.opener.addheaders = [("Cookie", header)]
        check(f"{header[:20]}… at Flask", browser.is_who(flask), who)
        check(f"{header[:20]}… here", browser.is_who(ours), who)


def permanent(flask, ours):
    browser = Browser()
    browser.ask(flask, "/login", {"username": "alice", "remember": "1"})
    lines = browser.ask(ours, "/")[2]
    check("a permanent session is refreshed here", len(lines) == 1 and "; Expires=" in lines[0], True)
    check("and read at Flask", browser.is_who(flask), "Logged in as alice")
    browser.ask(ours, "/logout")
    check("the log-out leaves `_permanent`, as Flask's does", browser.cookie() is not None, True)
    check("and nobody is logged in", browser.is_who(flask), NOBODY)


def rotation(program, site):
    """Both change their key; the old one verifies. A session of before lives on, and is signed anew by whoever writes."""
    browser = Browser()
    new = "a new key, since today: 新"
    with Site(site, ARTICLE_KEY) as flask:
        browser.ask(flask, "/login", {"username": "小明"})
    with Site(site, new, [ARTICLE_KEY]) as flask, Site([program], new, ["older still", ARTICLE_KEY]) as ours:
        check("signed before the change of keys, read here", browser.is_who(ours), "Logged in as 小明")
        check("and at Flask", browser.is_who(flask), "Logged in as 小明")
        browser.ask(ours, "/login", {"username": "alice"})
    with Site(site, new) as flask, Site([program], new) as ours:
        check("signed anew here, read at Flask without the old key", browser.is_who(flask), "Logged in as alice")
        check("and here", browser.is_who(ours), "Logged in as alice")
    with Site(site, "quite another key, of many bytes") as flask, Site([program], "quite another key, of many bytes") as ours:
        check("another key: nobody there", browser.is_who(flask), NOBODY)
        check("another key: nobody here", browser.is_who(ours), NOBODY)


def main():
    program = str(Path(sys.argv[1]).resolve())
    folder = sys.argv[2]
    article(program, folder)
    site = [sys.executable, str(Path(__file__).with_name("more.py")), f"{folder}/target/flask/article.py"]
    with Site(site, ARTICLE_KEY) as flask, Site([program], ARTICLE_KEY) as ours:
        same_bytes(flask, ours)
        values(flask, ours)
        quoted(flask, ours)
        permanent(flask, ours)
    rotation(program, site)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
