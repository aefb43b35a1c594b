"""Check and draw the example hall: what `make demo` runs.

Progress goes to stderr. The last three lines on stdout are the verdict, the path of the report
and the path of the 3D page.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

LAYOUT = "layouts/hall_gb300.toml"
REPORT = "out/report.html"
PAGE = "out/hall.html"

# A verdict was reached: feasible, or not feasible. Anything else is a failure of the demo.
ANSWERED = (0, 1)


def twin(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one verb of the command line, its stderr passing through."""
    command = [str(Path(sys.executable).with_name("twin")), *arguments]
    print("twin", *arguments, file=sys.stderr, flush=True)
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, encoding="utf-8")


def verdict_line(text: str) -> str:
    """Return the verdict and the count of racks from a report in JSON."""
    report = json.loads(text)
    racks = report["racks"]
    counts = ", ".join(f"{racks[name]} {name}" for name in ("feasible", "blocked", "unknown"))
    line = f"{report['verdict']}: {counts} of {racks['delivered']} racks"
    assumed = len(report.get("assumptions", ()))
    return f"{line}, on {assumed} assumptions" if assumed else line


def main() -> int:
    """Run the demo and return its exit code."""
    os.chdir(Path(__file__).resolve().parent.parent)
    Path("out").mkdir(exist_ok=True)
    checked = twin("check", LAYOUT, "--format", "json")
    written = twin("check", LAYOUT, "-o", REPORT)
    drawn = twin("view", LAYOUT, "-o", PAGE)
    for done in (checked, written, drawn):
        if done.returncode not in ANSWERED:
            print(f"the demo ended early: {done.args[3:]} said", file=sys.stderr)
            print(done.stdout, file=sys.stderr)
            return done.returncode
    print(f"verdict  {verdict_line(checked.stdout)}")
    print(f"report   {Path(REPORT).resolve()}")
    print(f"3D page  {Path(PAGE).resolve()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
