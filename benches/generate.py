"""Writes the ISMS repositories that the ratios are measured on.

    python3 benches/generate.py records DIR COUNT   registers and documents
    python3 benches/generate.py commits DIR COUNT   COUNT commits over COUNT/4 files
    python3 benches/generate.py register DIR COUNT  one register, changed COUNT times
    python3 benches/generate.py decade DIR COUNT    COUNT records, changed weekly for ten years

Equal arguments give equal files. One record in a hundred has a fault.
"""

import os
import random
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


def records(folder, count):
    """Four tenths actions, two risks, one incidents (registers), three policies."""
    draw = random.Random(1)
    actions, risks, incidents, policies = (count * part // 10 for part in (4, 2, 1, 3))
    write(folder, "isms.yaml", "organisation: Big\n")
    for name, rows in (
        ("actions", [action(draw, n, risks) for n in range(actions)]),
        ("risks", [risk(draw, n, actions) for n in range(risks)]),
        ("incidents", [incident(draw, n) for n in range(incidents)]),
    ):
        write(folder, f"{name}.yaml", "".join(rows))
    for number in range(policies):
        write(folder, f"policies/{number % 100}/p{number}.md", policy(draw, number))


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


def decade(folder, count):
    """The mix of `records` from the first commit (2016-11-01) on; each week an
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
    kind, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    {"records": records, "commits": commits, "register": register, "decade": decade}[kind](folder, count)
