"""The cost of compliance over time, against one check for each quarter end.

    cargo build --release
    python3 benches/over_time.py target/release/ismslint [--records 1000] [--runs 3]

Ten years of weekly commits; both judge the same commits as of the same days.
Prints medians and their ratio; judges nothing.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def timed(commands):
    start = time.perf_counter()
    for command in commands:
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main():
    options = argparse.ArgumentParser()
    options.add_argument("ismslint")
    options.add_argument("--records", type=int, default=1000)
    options.add_argument("--runs", type=int, default=3)
    options = options.parse_args()
    program = os.path.abspath(options.ismslint)
    base = tempfile.mkdtemp(prefix="ismslint-bench-")
    folder = os.path.join(base, "decade")
    generate = [sys.executable, os.path.join(HERE, "generate.py"), "decade", folder, str(options.records)]
    subprocess.run(generate, check=True)
    whole = [program, "history", "--over-time", f"--root={folder}", "--as-of=2026-09-30", "--format=json"]
    told = json.loads(subprocess.run(whole, capture_output=True, check=True).stdout)
    moments = told["over_time"]["moments"][-40:]
    checks = [
        [program, "check", f"--root={folder}", "--format=json", f"--rev={of['commit']}", f"--as-of={of['as_of']}"]
        for of in moments
    ]
    one, many = [], []
    for _ in range(options.runs):
        one.append(timed([whole]))
        many.append(timed(checks))
    one, many = statistics.median(one), statistics.median(many)
    print(f"{len(moments)} quarter ends, {options.records} records: {one:.2f} s replayed, {many:.2f} s as single "
          f"checks; {one / many:.3f} of it")
    shutil.rmtree(base)


if __name__ == "__main__":
    main()
