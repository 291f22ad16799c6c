"""The JSON lines that bench.py writes."""

import json


class Journal:
    """The JSON lines, and what an earlier process already wrote."""

    def __init__(self, path, resume):
        self.done, self.broken = set(), set()
        if resume:
            for line in path.read_text().splitlines():
                row = json.loads(line)
                if row["kind"] == "done":
                    self.done.add(tuple(row["problem"]))
                if row["kind"] == "failed" and row.get("broke_cuda"):
                    self.broken.add((tuple(row["problem"]), row["name"]))
        self._file = path.open("a" if resume else "w")

    def close(self):
        self._file.close()

    def write(self, kind, **row):
        self._file.write(json.dumps({"kind": kind, **row}) + "\n")
        self._file.flush()
        if kind in ("missing", "failed"):
            print(kind, *row.values(), flush=True)
