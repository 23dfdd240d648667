"""The program that lesson 5 prints, on the real Flask, with more beside it, for `walk.py`: python more.py ARTICLE

ARTICLE is the file of that program. It prints its port, and serves until its standard input ends. SECRET_KEY and
SECRET_KEY_FALLBACKS (one a line) are the keys. `/values`, `/long` and `/flash` are beside the article's routes, so that a
session can hold more than a name.
"""

import base64
import json
import os
import sys
import threading
import uuid
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1]).resolve().parent))

from article import app
from flask import flash, get_flashed_messages, jsonify, request, session
from markupsafe import Markup
from werkzeug.serving import WSGIRequestHandler, make_server

app.config["SECRET_KEY_FALLBACKS"] = os.environ.get("SECRET_KEY_FALLBACKS", "").splitlines()


@app.before_request
def keep():
    """The box of our form, which the article doesn't have."""
    if "remember" in request.form:
        session.permanent = True


# Random letters don't compress to nothing: three kilobytes stay more than two in the cookie.
LONG = base64.b64encode(b"".join(uuid.uuid5(uuid.NAMESPACE_URL, str(n)).bytes for n in range(150))).decode()[:3072]

VALUES = {
    "bytes": b"\x00\xff bytes",
    "datetime": datetime(2025, 1, 1, 12, 30, 59, tzinfo=timezone.utc),
    "tuple": (1, [2.5, None, True], "三"),
    "markup": Markup("<b>bold</b>"),
    "uuid": uuid.UUID(int=7),
    "looks like a tag": {" t": [1]},
    "big": 10**40,
    "text": "日本語 🎉 \"quotes\" 'too' \\",
}


@app.post("/values")
def put():
    session.update(VALUES)
    return "put"


@app.get("/values")
def values():
    return jsonify({name: session.get(name) == value and type(session.get(name)) is type(value) for name, value in VALUES.items()})


@app.post("/long")
def put_long():
    session["long"] = LONG
    return "put"


@app.get("/long")
def long():
    return jsonify(session.get("long") == LONG)


@app.post("/flash")
def put_flash():
    flash("saved 已保存", "notice")
    return "flashed"


@app.get("/flash")
def take_flash():
    return jsonify(get_flashed_messages(with_categories=True))


class Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, app, request_handler=Quiet)
    print(json.dumps({"port": server.port}), flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
