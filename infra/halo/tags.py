"""Tags as people type them: `Name: value`, a name alone, or an id."""

from infra.halo.client import PAGE, Api
from infra.halo.templates import ID
from infra.halo.trouble import Trouble, Usage


def parse(said: str) -> dict[str, str]:
    """As the API takes it. Raises Usage for a tag without a name."""
    if ID.fullmatch(said):
        return {"id": said}
    name, _, value = (part.strip() for part in said.partition(":"))
    if not name:
        raise Usage(f'--tag {said} has no name: say it like --tag "Platform Name: android".')
    return {"name": name, "value": value}


def find(api: Api, said: str) -> str:
    """Its id, for searches that take nothing else. Raises Trouble for none, and for several."""
    tag = parse(said)
    if "id" in tag:
        return tag["id"]
    page = next(api.pages("api/segmentation/tag", PAGE, name=tag["name"], value=tag["value"]))[0]
    wanted = (tag["name"].casefold(), tag["value"].casefold())
    found = [one["id"] for one in page if (one["name"].casefold(), one["value"].casefold()) == wanted]
    if len(found) == 1:
        return str(found[0])
    if found:
        raise Trouble(f"{len(found)} tags are like {said}: name one by its id, {', '.join(found)}.")
    raise Trouble(f"No tag is like {said}.")
