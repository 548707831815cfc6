"""`course site`: the course as a static site, to be read in any browser, with or without a network."""

import argparse
from pathlib import Path

from course import paths


def command(argv: list[str]) -> int:
    """Build the site; 0 when it stands, and when every link that was asked about answers."""
    parser = argparse.ArgumentParser(prog="course site", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--output", type=Path, default=paths.ROOT / ".site", metavar="FOLDER", help="where to (.site)"
    )
    parser.add_argument(
        "--check-links", action="store_true", help="ask every link to other sites, too; needs a network"
    )
    parser.add_argument("--serve", action="store_true", help="show it on a port of this machine afterwards")
    arguments = parser.parse_args(argv)
    from course.teach.site import building, elsewhere, serving

    folder = arguments.output.resolve()
    building.build(folder)
    dead = elsewhere.check() if arguments.check_links else []
    for line in dead:
        print(line)
    print(f"The site is in {folder}. Open {folder / 'index.html'} in a browser.")
    if arguments.serve:
        serving.serve(folder)
    return 1 if dead else 0
