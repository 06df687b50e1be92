"""How long the language server takes from a keystroke to its diagnostics.

    cargo build --release
    python3 benches/editor.py target/release/ismslint [--records 1000] [--keys 60] [--full]

Opens a register in an ISMS of that many records in git, types into it key by
key, waiting for the diagnostics of each key, and prints median, 95th percentile
and worst, for a register and for a small file; and how long the last key of a
burst waits. Judges nothing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Server:
    def __init__(self, program, folder):
        self.process = subprocess.Popen(
            [program, "lsp", "--as-of=2026-11-01"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.asked = 0
        self.seen = []
        folders = [{"uri": "file://" + folder, "name": "isms"}]
        self.ask("initialize", {"processId": None, "capabilities": {}, "workspaceFolders": folders})
        self.say("initialized", {})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def say(self, method, params):
        self.send({"method": method, "params": params})

    def hear(self):
        length = 0
        while (line := self.process.stdout.readline().strip()):
            name, value = line.split(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, params):
        self.asked += 1
        self.send({"id": self.asked, "method": method, "params": params})
        while (message := self.hear()).get("id") != self.asked:
            self.seen.append(message)
        return message["result"]

    def wait(self, wanted):
        while not wanted(message := self.hear()):
            pass
        return message

    def told(self, uri, version):
        def is_it(message):
            params = message.get("params", {})
            return (
                message.get("method") == "textDocument/publishDiagnostics"
                and params["uri"] == uri
                and params.get("version") == version
            )

        return self.wait(is_it)


def insert(server, uri, version, line, column, text):
    at = {"line": line, "character": column}
    change = {"range": {"start": at, "end": at}, "text": text}
    server.say(
        "textDocument/didChange",
        {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]},
    )


def typed(server, folder, path, keys):
    uri = "file://" + os.path.join(folder, path)
    with open(os.path.join(folder, path), encoding="utf-8") as file:
        text = file.read()
    line = next(at for at, line in enumerate(text.splitlines()) if "title: " in line)
    column = len(text.splitlines()[line])
    document = {"uri": uri, "languageId": "yaml", "version": 0, "text": text}
    server.say("textDocument/didOpen", {"textDocument": document})
    server.told(uri, 0)
    times = []
    for key in range(keys):
        start = time.perf_counter()
        insert(server, uri, key + 1, line, column + key, "x")
        server.told(uri, key + 1)
        times.append((time.perf_counter() - start) * 1000)
    start = time.perf_counter()
    for key in range(keys, 2 * keys):
        insert(server, uri, key + 1, line, column + key, "x")
    server.told(uri, 2 * keys)
    burst = (time.perf_counter() - start) * 1000
    times.sort()
    print(
        f"  {path:28} median {statistics.median(times):6.1f} ms   95 % {times[int(len(times) * 0.95)]:6.1f} ms   "
        f"worst {times[-1]:6.1f} ms   {keys} keys at once {burst:6.1f} ms"
    )
    server.say("textDocument/didClose", {"textDocument": {"uri": uri}})


def main():
    options = argparse.ArgumentParser()
    options.add_argument("ismslint")
    options.add_argument("--records", type=int, default=1000)
    options.add_argument("--keys", type=int, default=60)
    options.add_argument("--full", action="store_true", help="the whole catalogue")
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="ismslint-editor-") as base:
        folder = os.path.join(os.path.realpath(base), "isms")
        script = os.path.join(HERE, "generate.py")
        subprocess.run([sys.executable, script, "records", folder, str(options.records)], check=True)
        if options.full:
            with open(os.path.join(folder, "isms.yaml"), "a", encoding="utf-8") as file:
                file.write("level: full\n")
        for command in (
            ["init", "-q", "-b", "main"],
            ["add", "-A"],
            ["-c", "user.name=Ana", "-c", "user.email=ana@example.org", "commit", "-qm", "All"],
        ):
            subprocess.run(["git", "-C", folder, *command], check=True)
        start = time.perf_counter()
        server = Server(os.path.abspath(options.ismslint), folder)
        server.wait(lambda message: "history was read" in str(message))
        print(f"{options.records} records, {'full' if options.full else 'essential'} level; "
              f"started, judged and history read in {(time.perf_counter() - start) * 1000:.0f} ms")
        typed(server, folder, "actions.yaml", options.keys)
        typed(server, folder, "policies/0/p0.md", options.keys)
        server.ask("shutdown", None)
        server.say("exit", None)
        raise SystemExit(server.process.wait())


if __name__ == "__main__":
    main()
