"""The README says of each service account, row by row, which roles Terraform gives it, and no others."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from terraform.configuration import FOLDER, ROOT, local_values, resources, variables

LOCALS = local_values()
README = (ROOT / "README.md").read_text()
ENQUEUERS: dict[str, list[str]] = LOCALS["enqueuers"]
FUNCTIONS = set(LOCALS["functions"])
# Google's own agents are no accounts of ours.
AGENTS = {"roles/eventarc.serviceAgent", "roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/bigquery.dataEditor"}
SECRETS = "secretmanager.secretAccessor"


def rows() -> dict[str, str]:
    """By account, what the README says of its roles."""
    table = README.split("| service account | roles | why |\n|---|---|---|\n")[1].split("\n\n")[0]
    cells = [line.split(" | ") for line in table.splitlines()]
    return {re.findall(r"`halo-([a-z]+)`", name)[0]: roles for name, roles, _ in cells}


def said() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    before: set[str] = set()
    for name, roles in rows().items():
        own = set(re.findall(r"`([a-z]+\.[a-zA-Z]+|haloPush\w+)`", roles))
        own |= {SECRETS} if "the pepper" in roles else set()
        found[name] = before = own | (before if roles.startswith("the same") else set())
    return found


def given() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for kind, name, body in resources():
        if kind.endswith("_iam_member") and body["role"] not in AGENTS:
            for account in holders(f"{kind}.{name}", body):
                found[account].add(own_role(body["role"]) or body["role"].removeprefix("roles/"))
    return found


def own_role(role: str) -> str | None:
    """The id of a role that Terraform makes itself."""
    named = variables(FOLDER / "modules" / "firebase_app")
    for kind, name, body in resources():
        if kind.endswith("custom_role") and f"{kind}.{name}" in role:
            return str(named[body["role_id"].removeprefix("${var.").removesuffix("}")]["default"])
    return None


def holders(which: str, body: Mapping[str, Any]) -> set[str]:
    """Whose account an expression means; one that is not known here is an error."""
    member, each = body["member"], body.get("for_each", "")
    named = re.fullmatch(r'\$\{(?:google_service_account\.this|local\.members)\["(\w+)"\](?:\.member)?\}', member)
    if named:
        return {named[1]}
    enqueuing = {name for names in ENQUEUERS.values() for name in names}
    firebase = (FOLDER / "firebase.tf").read_text()
    logins = firebase.split("for name in [")[1].split("]")[0]
    known = {
        ("${each.value}", "${local.members}"): FUNCTIONS,
        ("${local.members[each.value.name]}", "${local.enqueuing}"): enqueuing,
        ("${local.members[each.value]}", "${toset(distinct(flatten(values(local.enqueuers))))}"): enqueuing,
        # In modules/function, which every function has; each has a secret.
        ("${google_service_account.function.member}", "${var.secrets}"): FUNCTIONS,
        ("${each.value}", "${var.callers}"): {"invoker", "events"},
        # In modules/firebase_app.
        ("${var.sender}", ""): set(re.findall(r'sender\s*=\s*local\.members\["(\w+)"\]', firebase)),
        ("${each.value}", "${var.logins}"): set(re.findall(r'"(\w+)"', logins)),
    }
    assert (member, each) in known, f"{which}: {member} of {each}"
    return known[member, each]


def test_each_row_has_the_roles_that_its_account_is_given() -> None:
    assert said().keys() == FUNCTIONS | set(LOCALS["service_accounts"])
    assert said() == given()


def test_each_row_names_the_queues_whose_tasks_its_function_makes() -> None:
    told: dict[str, set[str]] = {}
    before: set[str] = set()
    for name, roles in rows().items():
        on = re.search(r"`cloudtasks\.enqueuer` on (all queues|(?:`\w+`(?:, )?)+)", roles)
        if on:
            before = set(ENQUEUERS) if on[1] == "all queues" else set(re.findall(r"`(\w+)`", on[1]))
        if on or roles.startswith("the same"):
            told[name] = before
    (why,) = re.findall(r"^\| `halo-api` \|.*\|.*makes tasks of (.*?),.*\|$", README, re.MULTILINE)
    told["api"] = set(re.findall(r"`(\w+)`", why))
    assert told == {name: {queue for queue, names in ENQUEUERS.items() if name in names} for name in FUNCTIONS}


def test_who_calls_which_function_is_said() -> None:
    called = {name: set(re.findall(r"`run\.invoker` on ((?:`\w+`(?:, )?)+)", roles)) for name, roles in rows().items()}
    told = {name: set(re.findall(r"`(\w+)`", " ".join(on))) for name, on in called.items() if on}
    assert told == {"invoker": FUNCTIONS - {"api", "ingest"}, "events": {"ingest"}}
    functions, api = (re.sub(r" +", " ", (FOLDER / name).read_text()) for name in ("functions.tf", "api.tf"))
    assert 'this[name == "ingest" ? "events" : "invoker"] if name != "api"' in functions
    assert re.findall(r"callers = (.*)", functions) == ["{ invoker = local.invokers[each.key].member }"]
    assert re.findall(r"callers = (.*)", api) == ['var.public_by == "allUsers" ? { everybody = "allUsers" } : {}']


def test_roles_of_googles_own_agents_are_named() -> None:
    assert {body["role"] for kind, _, body in resources() if kind.endswith("_iam_member")} >= AGENTS
    assert set(re.findall(r"roles/[\w.]+\w", README)) >= AGENTS
