"""The process that checks one submission: `python -m course.teach.grades.grading_process TASK ANSWER ROOM`.

It shuts itself in `ROOM` before it reads anything of the learner's, and everything that it starts is shut in
with it. TASK and ANSWER are files of JSON; ANSWER is opened before the process is shut in.
"""

import json
import sys
import tempfile
from pathlib import Path

from course.engine import chapters, checkpoint, project_files, report
from course.engine.checkpoint import worker_process
from course.teach.grades import candidates, confinement
from course.teach.grades.candidates import FOLDER, Candidate


def main(task_file: str, answer: str, room: str) -> int:
    """Check each candidate of a submission and write what was found."""
    with open(answer, "w", encoding="utf-8") as out:
        confinement.shut_in(Path(room))
        worker_process.MEMORY_DISK = room  # the checkpoint's databases are made in there, too
        task = json.loads(Path(task_file).read_text(encoding="utf-8"))
        chapter = chapters.find(task["chapter"])
        archive = Path(task["archive"]) if task["archive"] else None
        if task["project"]:
            found = [Candidate(FOLDER, project_files.read(Path(task["project"])))]
        else:
            found = candidates.of(chapter, task["cells"], archive)
        checked = []
        for candidate in found:
            with tempfile.TemporaryDirectory(prefix="service-", dir=room) as folder:
                result = checkpoint.check(candidate.put(Path(folder)), chapter)
            told = {"origin": candidate.origin, "notes": candidate.notes}
            checked.append({**told, "result": json.loads(report.to_json(result))})
        checkpoint.cool()
        json.dump(checked, out)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
