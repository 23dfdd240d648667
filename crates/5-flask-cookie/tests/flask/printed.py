"""What the documents print: programs and commands. What `just flask` runs is taken from here, so that text and test can't part.

    python printed.py FOLDER

types the commands of lesson 5 that lead to a Flask program which runs: a virtual environment, Flask, a key, the program.
"""

import re
import subprocess
import sys
from pathlib import Path

LESSONS = Path(__file__).resolve().parents[4] / "lessons"
HERE = "crates/5-flask-cookie/tests/flask"
PROGRAM = re.compile(r"^<!-- python: (\S+) (\w+) -->\n```python\n(.*?)^```$", re.M | re.S)


def programs(file):
    """The Python blocks that say of themselves that this file of this folder runs them, by the name of the function."""
    found = {}
    for document in sorted(LESSONS.glob("*.md")):
        for path, name, source in PROGRAM.findall(document.read_text(encoding="utf-8")):
            if path == f"{HERE}/{file}":
                assert name not in found, f"two blocks are run by {name}"
                found[name] = source
    return found


def commands(heading):
    """The `sh` blocks of a section of lesson 5, in order."""
    document = (LESSONS / "5-flask-cookie.md").read_text(encoding="utf-8")
    section = re.search(rf"^### {heading}\n(.*?)(?=^##)", document, re.M | re.S)
    assert section, f"lesson 5 has no section {heading!r}"
    return re.findall(r"^```sh\n(.*?)^```$", section[1], re.M | re.S)


def beside_flask():
    """What one types to run lesson 5 beside Flask: prepare, start Flask, start our server."""
    prepare, flask, ours = commands("Beside a real Flask")
    return prepare, flask, ours


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    # A folder of an earlier run keeps what pip fetched. The key is made anew, for the command doesn't overwrite one.
    (folder / "target/flask/key.txt").unlink(missing_ok=True)
    prepare, _, _ = beside_flask()
    subprocess.run(["sh", "-eu", "-c", prepare], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (folder / "target/flask/article.py").write_text(programs("walk.py")["article"], encoding="utf-8")


if __name__ == "__main__":
    main()
