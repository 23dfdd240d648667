"""Runs the boxes "In Flask" of the documents, and holds what crosses the wire. `just flask` runs it.

    python boxes.py

Each block behind a comment `<!-- python: …/boxes.py NAME -->` is run as it is printed, and the function NAME talks to it.
The last line is `N passed, N failed`, and the exit code is 1 where something failed.
"""

import os
import re
import sys
from unittest import mock

from flask import request

import printed

passed, failed = 0, 0
KEY = "a key that a test may know, of many bytes"


def check(what, is_, should_be):
    """Holds a value against the one that is right, or a text against a pattern."""
    global passed, failed
    if should_be.fullmatch(is_) if isinstance(should_be, re.Pattern) else is_ == should_be:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {what}: {is_!r}, should be {should_be!r}")


def only_line(answer):
    """The one `Set-Cookie` line of an answer, or all of them where there isn't just one."""
    lines = answer.headers.getlist("Set-Cookie")
    return lines[0] if len(lines) == 1 else repr(lines)


def count_visits(app):
    """Lesson 2: the number is in the cookie, and what is no number counts as none. A nickname is quoted, with octal escapes."""
    client = app.test_client()
    for visit in [1, 2, 3]:
        answer = client.get("/")
        check(f"visit {visit} sets", only_line(answer), f"visits={visit}; Path=/")
        check(f"visit {visit} says", answer.text, f"Visit {visit}")
    for sent, set_ in [("41", 42), ("abc", 1), ("-5", -4)]:
        answer = app.test_client(use_cookies=False).get("/", headers={"Cookie": f"visits={sent}"})
        check(f"visits={sent} sets", only_line(answer), f"visits={set_}; Path=/")
    with app.test_request_context("/", headers={"Cookie": "nickname=%E5%B0%8F%E6%98%8E"}):
        check("percent signs are not undone", request.cookies["nickname"], "%E5%B0%8F%E6%98%8E")
    check("nothing is said to caches", answer.headers.get("Vary"), None)
    answer = app.test_client().post("/nickname", data={"nickname": "小明"})
    check("小明 is set as", only_line(answer), r'nickname="\345\260\217\346\230\216"; Path=/')
    answer = app.test_client().post("/nickname", data={"nickname": "a; Path=/x"})
    check("no attribute is smuggled in", only_line(answer), r'nickname="a\073 Path=/x"; Path=/')


def log_in_and_out(app):
    """Lesson 3: the session is written by Flask, because it was changed; its cookie is `session`."""
    client = app.test_client()
    answer = client.post("/login", data={"username": "Ada"})
    check("the log-in answers", answer.status, "302 FOUND")
    check("the log-in sets", only_line(answer), re.compile(r"session=eyJ1c2VybmFtZSI6IkFkYSJ9\.[\w-]{6}\.[\w-]{27}; HttpOnly; Path=/; SameSite=Lax"))
    copy = client.get_cookie("session").value
    check("the log-out sets", only_line(client.post("/logout")), "session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/; SameSite=Lax")
    check("the browser has none", client.get_cookie("session"), None)
    with app.test_request_context("/", headers={"Cookie": f"session={copy}"}):
        check("a copy still works", app.session_interface.open_session(app, mock.Mock(cookies={"session": copy})), {"username": "Ada"})
    changed = copy.replace("IkFkYSJ9", "IkJvYiJ9")
    check("a changed copy is no session", app.session_interface.open_session(app, mock.Mock(cookies={"session": changed})), {})


def set_and_delete(app):
    """Lesson 4: each attribute by its name; and a deletion needs the path."""
    client = app.test_client()
    answer = client.post("/cart")
    check("the cart is set", only_line(answer), re.compile(r"cart=3; Expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT; Max-Age=60; HttpOnly; Path=/shop; SameSite=Lax"))
    check("it is there for /shop", client.get_cookie("cart", path="/shop").value, "3")
    check("the deletion says", only_line(client.post("/cart/delete")), "cart=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/shop")
    check("and it is gone", client.get_cookie("cart", path="/shop"), None)
    answer = app.response_class()
    answer.delete_cookie("cart")
    check("without a path", only_line(answer), "cart=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/")


def keep_at_the_server(app):
    """Lesson 6: only an id crosses the wire; a log-in makes a new one; a log-out ends it for every copy."""
    client = app.test_client()
    check("nobody sets nothing", client.get("/").headers.getlist("Set-Cookie"), [])
    answer = client.post("/login", data={"username": "<Ada>"})
    check("the log-in sets", only_line(answer), re.compile(r"flask_sid=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax"))
    check("the page", client.get("/").text, "Logged in as &lt;Ada&gt;")
    first = client.get_cookie("flask_sid").value

    def copy(id_):
        return app.test_client(use_cookies=False).get("/", headers={"Cookie": f"flask_sid={id_}"}).text

    check("a copy works meanwhile", copy(first), "Logged in as &lt;Ada&gt;")
    client.post("/login", data={"username": "Bob"})
    second = client.get_cookie("flask_sid").value
    check("another log-in, another id", second != first, True)
    check("the old id opens nothing", copy(first), "You are not logged in")
    check("the log-out sets", only_line(client.post("/logout")), "flask_sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/")
    check("a copy opens nothing after the log-out", copy(second), "You are not logged in")
    planted = app.test_client()
    planted.set_cookie("flask_sid", "planted")
    planted.post("/login", data={"username": "Ada"})
    check("a planted id opens nothing", copy("planted"), "You are not logged in")


BOXES = [count_visits, log_in_and_out, set_and_delete, keep_at_the_server]


def main():
    os.environ["SECRET_KEY"] = KEY
    blocks = printed.programs("boxes.py")
    check("the documents' boxes", sorted(blocks), sorted(box.__name__ for box in BOXES))
    for box in BOXES:
        if source := blocks.get(box.__name__):
            module = {"__name__": box.__name__}
            exec(compile(source, f"the box {box.__name__}", "exec"), module)
            box(module["app"])
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
