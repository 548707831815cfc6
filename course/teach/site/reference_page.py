"""The quick reference as MyST pages: a list of all tasks, and for each group a page with the patterns."""

from functools import cache
from itertools import groupby

from course.engine.texts import slug
from course.learn.lookup.reference.items import Item, items
from course.learn.lookup.reference.patterns import pattern

HEAD = """# Quick reference

One line says what you want to do; the code below it is how the course does it. It is cut from the services
of the chapters (`app_checkpoints/`) and from the probes of their notebooks, and every line of it is run by a
test. `# …` stands for lines that are left out. In a terminal, `course find` with a few words searches this
page too.
"""


def pages() -> dict[str, str]:
    """The pages, as the site wants them: names, and texts in MyST Markdown."""
    groups = [(name, list(tasks)) for name, tasks in groupby(items(), key=lambda item: item.group)]
    contents = [HEAD]
    written = {}
    for name, tasks in groups:
        page = f"reference/{slug(name)}"
        contents.append(f"\n## [{name}](/{page}.md)\n")
        contents.extend(f"- [{item.task}](/{page}.md#{slug(item.task)})" for item in tasks)
        written[page] = "\n".join([f"# {name}", *(as_markdown(item) for item in tasks)]) + "\n"
    return {"reference": "\n".join(contents) + "\n", **written}


def as_markdown(item: Item) -> str:
    """One item: its task, its pattern, and a line of links."""
    cut = pattern(item)
    language = "toml" if cut.place.endswith(".toml") else "python"
    explained = f"[{item.section}](/chapters/{item.chapter.stem}.md#{slug(item.section)})"
    official = f"[{_titles()[item.official]}]({item.official})"
    links = f"Explained in {item.chapter.called}, {explained} · Official: {official} · {proved(item)}"
    return f"\n## {item.task}\n\n```{language}\n{cut.text}\n```\n\n{links}"


def proved(item: Item) -> str:
    """What runs the pattern, in words."""
    place = pattern(item).place
    if item.cut.is_probe:
        return f"Run with `{place}`"
    names = ", ".join(f"`{name.rpartition('::')[2]}`" for name in item.proof)
    return f"From `{place}` · Proved by {names}"


@cache
def _titles() -> dict[str, str]:
    """The titles of the official pages by their addresses."""
    from course.learn.lookup.find.documents import official  # it reads the items, too

    return {page.url: f"{page.site}, {page.title}" for page in official()}
