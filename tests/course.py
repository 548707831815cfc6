"""The way to the course from this folder: the package `course` is beside the folder, not in it.

A notebook that is opened from here imports the course through this file, in any environment. In a terminal,
`python3 -m course` says where to type it.
"""

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

if __name__ == "__main__":
    typed = " ".join(["python3 -m course", *sys.argv[1:]])
    sys.exit(f"This command is typed in the course's own folder:\n\n    cd {ROOT}\n    {typed}")

# A copy of this folder, elsewhere, takes the course that is installed.
elsewhere = [entry for entry in sys.path if entry and Path(entry).resolve() != HERE]
spec = PathFinder.find_spec("course", [str(ROOT), *elsewhere])
if spec is None or spec.loader is None:
    raise ImportError(f"The folder `course` is not in {ROOT}: get the whole course, not this folder alone.")
sys.modules["course"] = module_from_spec(spec)
spec.loader.exec_module(sys.modules["course"])
