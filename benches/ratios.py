"""Ratios of ismslint to known programs, each from runs in turn on one machine.

    cargo build --profile dist
    python3 benches/ratios.py target/dist/ismslint [--runs 7] [--records 100000] [--commits 20000]

Needs git; compares with check-jsonschema where it is installed (pip install
check-jsonschema==0.37.4). Prints medians, ratios and peak memory; judges
nothing.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def generate(kind, folder, count, *more):
    command = [sys.executable, os.path.join(HERE, "generate.py"), kind, folder, str(count), *more]
    subprocess.run(command, check=True)
    # What was written is on its way to the disk; the runs are not to share that.
    os.sync()


def run(command):
    """Seconds and peak memory (MiB) of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def measure(runs, commands):
    """Medians of commands that are run in turn, after one round that does not count."""
    seconds = {name: [] for name in commands}
    memory = {name: 0 for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            took, peak = run(command)
            if number > 0:
                seconds[name].append(took)
                memory[name] = max(memory[name], peak)
    for name in commands:
        print(f"  {name:44} {statistics.median(seconds[name]):8.3f} s   {memory[name]:7.0f} MiB")
    return {name: statistics.median(times) for name, times in seconds.items()}


def size(folder):
    total = 0
    for parent, _, files in os.walk(folder):
        total += sum(os.path.getsize(os.path.join(parent, name)) for name in files if ".git" not in parent)
    return total / 1e6


def main():
    options = argparse.ArgumentParser()
    options.add_argument("ismslint")
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--commits", type=int, default=20_000)
    options = options.parse_args()
    program = os.path.abspath(options.ismslint)
    base = tempfile.mkdtemp(prefix="ismslint-bench-")
    day = "--as-of=2026-11-01"

    def check(folder, *more):
        return [program, "check", f"--root={folder}", day, "--format=json", *more]

    print(f"records without history ({options.records} and a 64th of it, full level)")
    many, few = os.path.join(base, "many"), os.path.join(base, "few")
    generate("records", many, options.records, program)
    generate("records", few, options.records // 64, program)
    times = measure(options.runs, {"many": check(many, "--no-history"), "few": check(few, "--no-history")})
    print(f"  {size(many):.1f} MB: {size(many) / times['many']:.1f} MB/s; 64 times the records cost "
          f"{times['many'] / times['few']:.1f} times the time")
    one, part = os.path.join(base, "one"), os.path.join(base, "part")
    generate("actions", one, options.records)
    generate("actions", part, options.records // 64)
    times = measure(options.runs, {"one kind": check(one, "--no-history"), "a 64th": check(part, "--no-history")})
    print(f"  all of one kind: {size(one) / times['one kind']:.1f} MB/s; 64 times the records cost "
          f"{times['one kind'] / times['a 64th']:.1f} times the time")
    peer = shutil.which("check-jsonschema")
    if peer:
        small = os.path.join(base, "small")
        generate("actions", small, 2000)
        schema = os.path.join(base, "list.json")
        with open(schema, "w", encoding="utf-8") as out:
            out.write('{"type": "array", "items": {"type": "object", "required": ["id", "title"]}}')
        registers = [os.path.join(small, "actions", "0.yaml")]
        megabytes = sum(os.path.getsize(path) for path in registers) / 1e6
        times = measure(options.runs, {
            "ismslint, all rules": check(small, "--no-history"),
            "check-jsonschema, required fields only": [peer, "--schemafile", schema, *registers],
        })
        ours = size(small) / times["ismslint, all rules"]
        theirs = megabytes / times["check-jsonschema, required fields only"]
        print(f"  per megabyte {ours / theirs:.0f} times as fast as check-jsonschema")
    print(f"history: {options.commits} commits over {options.commits // 4} files")
    long = os.path.join(base, "long")
    generate("commits", long, options.commits)
    log = ["git", "-C", long, "log", "--raw", "--no-renames", "--no-abbrev"]
    times = measure(options.runs, {"ismslint": check(long), "without history": check(long, "--no-history"), "git log --raw": log})
    print(f"  {(times['ismslint'] - times['without history']) / times['git log --raw']:.2f} of git log --raw "
          "for the field log of all records")
    print("history: one register of 300 records, changed 1000 times")
    register = os.path.join(base, "register")
    generate("register", register, 1000)
    log = ["git", "-C", register, "log", "-p", "--no-renames"]
    times = measure(options.runs, {"ismslint": check(register), "git log -p": log})
    print(f"  {times['ismslint'] / times['git log -p']:.2f} of git log -p")
    print("small: an empty folder; 300 files with 1000 commits")
    empty, usual = os.path.join(base, "empty"), os.path.join(base, "usual")
    os.makedirs(empty)
    generate("commits", usual, 1000)
    measure(options.runs, {"empty folder": check(empty), "300 files, 1000 commits": check(usual)})
    shutil.rmtree(base)


if __name__ == "__main__":
    main()
