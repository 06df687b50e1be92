"""Writes the ISMS repositories that the ratios are measured on.

    python3 benches/generate.py records DIR COUNT PROGRAM   the demo, many times over
    python3 benches/generate.py actions DIR COUNT   one kind of record only
    python3 benches/generate.py commits DIR COUNT   COUNT commits over COUNT/4 files
    python3 benches/generate.py register DIR COUNT  one register, changed COUNT times
    python3 benches/generate.py decade DIR COUNT    COUNT records, changed weekly for ten years

Equal arguments (and an equal demo of PROGRAM) give equal files. One record in a
hundred has a fault.
"""

import os
import random
import re
import shutil
import subprocess
import sys

WORDS = (
    "the gateway supplier reviews access of every platform team before release and records why "
    "risk remains open until the audit closes it while backups of the customer database are tested"
).split()


def text(draw, count):
    return " ".join(draw.choice(WORDS) for _ in range(count))


def day(draw, first, last):
    return f"{draw.randint(first, last)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"


def action(draw, number, risks):
    faulty = number % 100 == 0
    status = "planned" if faulty else draw.choice(["completed", "planned", "in_progress"])
    due = "2026-01-01" if faulty else day(draw, 2027, 2028)
    links = f"  links: {{risk: [RSK-{draw.randrange(risks)}]}}\n" if risks else ""
    return (
        f"- id: ACT-{number}\n  title: {text(draw, 6)}\n  owner: ana\n  type: improvement\n"
        f"  source: {{kind: observation}}\n  issue: {text(draw, 18)}\n  plan: {text(draw, 18)}\n"
        f"  priority: medium\n  raised: {day(draw, 2024, 2025)}\n  due: {due}\n  status: {status}\n"
        f"{links}  verification: {{due: 2028-12-31, criteria: {text(draw, 5)}}}\n"
        f"  evidence: [{{path: reports/r{number}.md, on: 2025-12-01}}]\n  notes: {text(draw, 20)}\n"
    )


def risk(draw, number, actions):
    return (
        f"- id: RSK-{number}\n  title: {text(draw, 6)}\n  owner: ben\n  description: {text(draw, 30)}\n"
        f"  treatment: modify\n  status: monitored\n  identified: {day(draw, 2024, 2025)}\n"
        f"  reviewed: 2026-09-01\n  actions: [ACT-{draw.randrange(actions)}]\n  notes: {text(draw, 25)}\n"
    )


def incident(draw, number):
    return (
        f"- id: INC-{number}\n  title: {text(draw, 6)}\n  type: incident\n  category: other\n  severity: low\n"
        f"  occurred: {day(draw, 2024, 2025)}\n  lessons: {text(draw, 40)}\n  notes: {text(draw, 30)}\n"
    )


def policy(draw, number):
    reviewed = "2024-01-11" if number % 100 == 0 else f"2026-0{draw.randint(1, 9)}-11"
    return (
        f"---\nid: POL-{number}\ntitle: {text(draw, 5)}\nowner: ana\napprover: ben\napproved: 2025-11-01\ntype: policy\n"
        f"status: approved\nreviewed: {reviewed}\nreview_interval: 12 months\n---\n"
        f"# {text(draw, 4)}\n\n{text(draw, 60)}\n"
    )


def write(folder, path, content):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(content)


def files_of(folder):
    """The demo's files: path -> text; not its settings, its lone statement of
    applicability, nor what silences findings."""
    found = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(names):
            path = os.path.relpath(os.path.join(parent, name), folder)
            if path not in ("isms.yaml", "controls.yaml", "waivers.yaml", "removals.yaml"):
                with open(os.path.join(parent, name), encoding="utf-8") as file:
                    found[path] = file.read()
    return found


ID = re.compile(r"^(?:- )?id: (\S+)$", re.MULTILINE)
TITLE = re.compile(r"^(- |  |)title: ([^\"\n]*)$", re.MULTILINE)


class Isms:
    """An ISMS that can be copied: every copy has ids and titles of its own."""

    def __init__(self, files):
        self.files = files
        self.ids = sorted({name for text in files.values() for name in ID.findall(text)}, key=len, reverse=True)
        every = "|".join(re.escape(name) for name in self.ids)
        self.mentioned = re.compile(rf"(?<![\w-])(?:{every})(?![\w-])")

    def copy(self, number):
        for path, text in self.files.items():
            text = TITLE.sub(rf"\1title: \2 {number}", text)
            yield path, self.mentioned.sub(lambda found: f"{found[0]}-{number}", text)


def listed(text):
    """The text of a file with one record or with a list of them, as items of a list."""
    if text.startswith("- "):
        return text
    first, *rest = text.rstrip("\n").split("\n")
    return "\n".join([f"- {first}", *(f"  {line}" if line else "" for line in rest), ""])


REGISTER = 6_000_000


def records(folder, count, program):
    """Copies of the demo's tidy ISMS, one in a hundred of the demo with its
    faults: all kinds in the demo's proportions, and pages until three in ten
    records are pages. Registers are cut at 6 MB."""
    made = {}
    for name, options in (("tidy", ["--tidy"]), ("faulty", [])):
        demo = os.path.join(folder, name)
        subprocess.run([program, "demo", *options, demo], check=False, capture_output=True)
        made[name] = Isms(files_of(demo))
        with open(os.path.join(demo, "isms.yaml"), encoding="utf-8") as settings:
            made["settings"] = settings.read().replace("level: essential", "level: full")
        with open(os.path.join(demo, "controls.yaml"), encoding="utf-8") as controls:
            made["controls"] = controls.read()
        shutil.rmtree(demo)
    write(folder, "isms.yaml", made["settings"])
    write(folder, "controls.yaml", made["controls"])
    registers, sizes, written, copy = {}, {}, 0, 0
    while written < count:
        copy += 1
        pages = rows = 0
        for path, text in made["faulty" if copy % 100 == 0 else "tidy"].copy(copy):
            if path.endswith(".md"):
                write(folder, f"{os.path.dirname(path)}/{copy % 100}/{copy}-{os.path.basename(path)}", text)
                pages += 1
                page = (path, text)
                continue
            kind = path.split("/")[0].removesuffix(".yaml")
            part, items = registers.get(kind, 1), listed(text)
            if sizes.get((kind, part), 0) > REGISTER:
                registers[kind] = part = part + 1
            sizes[kind, part] = sizes.get((kind, part), 0) + len(items)
            append(folder, f"{kind}/{part}.yaml", items)
            rows += len(ID.findall(text))
        while pages < 0.3 * (pages + rows):
            path, text = page
            again = re.sub(r"^id: (\S+)$", rf"id: \1-{pages}", text, flags=re.MULTILINE)
            write(folder, f"{os.path.dirname(path)}/{copy % 100}/{copy}-{pages}.md", again)
            pages += 1
        written += pages + rows


def append(folder, path, content):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a", encoding="utf-8") as out:
        out.write(content)


def fast_import(folder, commits, pace=3600):
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    stream = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    for number, changes in enumerate(commits):
        seconds = (1_477_958_400 if pace > 3600 else 1_600_000_000) + number * pace
        head = f"commit refs/heads/main\ncommitter Ana <ana@example.org> {seconds} +0000\ndata 4\nstep\n"
        stream.stdin.write(head.encode())
        for path, content in changes:
            data = content.encode()
            stream.stdin.write(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    stream.stdin.close()
    if stream.wait() != 0:
        raise SystemExit("git fast-import failed")
    subprocess.run(["git", "-C", folder, "repack", "-adq"], check=True)
    subprocess.run(["git", "-C", folder, "reset", "-q", "--hard"], check=True)


def commits(folder, count):
    draw = random.Random(2)
    files = max(count // 4, 1)

    def steps():
        yield [("isms.yaml", "organisation: Big\n")]
        for number in range(count):
            name = number if number < files else draw.randrange(files)
            path = f"actions/{name % 50}/a{name}.yaml"
            body = action(draw, name, 0)
            one = body.replace("- id", "  id", 1)
            yield [(path, "".join(line[2:] + "\n" for line in one.splitlines()))]

    fast_import(folder, steps())


def register(folder, count, rows=300):
    draw = random.Random(3)
    current = [action(draw, n, 0) for n in range(rows)]

    def steps():
        yield [("isms.yaml", "organisation: Big\n"), ("actions.yaml", "".join(current))]
        for _ in range(count):
            at = draw.randrange(rows)
            current[at] = action(draw, at, 0)
            yield [("actions.yaml", "".join(current))]

    fast_import(folder, steps())


def actions(folder, count):
    draw = random.Random(4)
    write(folder, "isms.yaml", "organisation: Big\nlevel: full\n")
    for part in range(0, count, 10_000):
        rows = [action(draw, n, 0) for n in range(part, min(part + 10_000, count))]
        write(folder, f"actions/{part}.yaml", "".join(rows))


def decade(folder, count):
    """Actions, risks, incidents and policies from the first commit (2016-11-01) on; each week an
    action, a risk and a policy change."""
    draw = random.Random(4)
    actions, risks, incidents, policies = (count * part // 10 for part in (4, 2, 1, 3))
    registers = {
        "actions.yaml": [action(draw, n, risks) for n in range(actions)],
        "risks.yaml": [risk(draw, n, actions) for n in range(risks)],
        "incidents.yaml": [incident(draw, n) for n in range(incidents)],
    }

    def steps():
        files = [("isms.yaml", "organisation: Big\n")]
        files += [(path, "".join(rows)) for path, rows in registers.items()]
        yield files + [(f"policies/{n % 100}/p{n}.md", policy(draw, n)) for n in range(policies)]
        for _ in range(521):
            at = draw.randrange(actions)
            registers["actions.yaml"][at] = action(draw, at, risks)
            at = draw.randrange(risks)
            registers["risks.yaml"][at] = risk(draw, at, actions)
            at = draw.randrange(policies)
            files = [(path, "".join(registers[path])) for path in ("actions.yaml", "risks.yaml")]
            yield files + [(f"policies/{at % 100}/p{at}.md", policy(draw, at))]

    fast_import(folder, steps(), 7 * 86400)


if __name__ == "__main__":
    kind, folder, count, *program = sys.argv[1:]
    kinds = {"records": records, "actions": actions, "commits": commits, "register": register, "decade": decade}
    kinds[kind](folder, int(count), *program)
