"""`make check-terraform`: what was not checked is not called good, and no mistake passes for a lost network."""

import pytest

from infra.check_terraform import Result, unreachable, verdict

HEADING = "\nError: Failed to query available provider packages\n\n"
OFFLINE = HEADING + (
    "Could not retrieve the list of available versions for provider\nhashicorp/time: could not connect to "
    'registry.terraform.io: failed to request\ndiscovery document: Get\n"https://registry.terraform.io/.well-known/'
    'terraform.json": dial tcp: lookup\nregistry.terraform.io on 10.0.0.53:53: no such host\n'
)
NO_RELEASE = HEADING + (
    "Could not retrieve the list of available versions for provider\nhashicorp/google: no available releases match the "
    "given\nconstraints 99.0.0\n"
)
CHECKSUM = (
    "\nError: Failed to install provider\n\nError while installing hashicorp/google v8.7.0: the local package for\n"
    "registry.terraform.io/hashicorp/google 8.7.0 doesn't match any of the\nchecksums previously recorded\n"
)
SLOW = (
    "\nError: Failed to install provider\n\nError while installing hashicorp/google v8.7.0: could not query provider\n"
    "registry: Get https://releases.hashicorp.com: net/http: request canceled\n"
    "(Client.Timeout exceeded while awaiting headers)\n"
)


@pytest.mark.parametrize("said", [OFFLINE, SLOW], ids=["no network", "no answer"])
def test_a_registry_that_is_not_reached_leaves_out_what_needs_it(said: str) -> None:
    assert unreachable(said)


@pytest.mark.parametrize("said", [NO_RELEASE, CHECKSUM, OFFLINE + NO_RELEASE, "Error: Invalid block definition"])
def test_a_pin_that_no_release_has_and_a_wrong_checksum_are_errors(said: str) -> None:
    assert not unreachable(said)


@pytest.mark.parametrize(
    ("results", "strict", "code"),
    [
        ([Result.GOOD], True, 0),
        ([Result.GOOD, Result.LEFT_OUT], False, 0),
        ([Result.GOOD, Result.LEFT_OUT], True, 1),
        ([Result.WRONG, Result.GOOD], False, 1),
    ],
)
def test_what_is_left_out_is_an_error_only_to_the_strict(results: list[Result], strict: bool, code: int) -> None:
    assert verdict(results, strict) == code
