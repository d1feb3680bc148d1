"""Firebase Authentication, in memory; networks vouch for whatever a made-up token says, as the local stack's do."""

import json
from typing import Any

from push.domain.errors import FieldError, Invalid
from push.domain.identity import Directory, EmailTaken, Identity, NotSetUp, PasswordProof, Proof, WrongCredentials


def vouch(email: str, verified: bool = True, sub: str | None = None, **more: str) -> str:
    """A network's token."""
    return json.dumps({"sub": sub or f"sub of {email}", "email": email, "email_verified": verified} | more)


class FakeIdentities:
    """By project and uid; `passwords` by uid. A key named `invalid` is one."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], Identity] = {}
        self.passwords: dict[str, str] = {}
        self.networks: dict[tuple[str, str, str], str] = {}
        self.disabled: set[str] = set()

    async def sign_up(self, directory: Directory, proof: PasswordProof) -> Identity:
        email = proof.email.lower()
        if "@" not in email:
            raise Invalid("email is no address", [FieldError("/email", "is no address")])
        if len(proof.password) < 6:
            raise Invalid("password is too weak", [FieldError("/password", "is too weak")])
        if self._by_email(directory.project, email) is not None:
            raise EmailTaken("somebody has this email already")
        made = self._put(directory.project, Identity(f"uid{len(self.stored)}", email))
        self.passwords[made.uid] = proof.password
        return made

    async def sign_in(self, directory: Directory, proof: Proof) -> Identity:
        if directory.api_key == "invalid":
            raise NotSetUp("the key is not taken")
        found = self._signed_in(directory.project, proof)
        if found.uid in self.disabled:
            raise WrongCredentials
        return found

    def _signed_in(self, project: str, proof: Proof) -> Identity:
        if isinstance(proof, PasswordProof):
            found = self._by_email(project, proof.email.lower())
            if found is None or self.passwords.get(found.uid) != proof.password:
                raise WrongCredentials
            return found
        try:
            said: dict[str, Any] = json.loads(proof.token)
        except ValueError:
            said = {}
        if not isinstance(said, dict) or not isinstance(said.get("sub"), str):
            raise WrongCredentials
        email, verified = said.get("email", ""), said.get("email_verified", False)
        uid = self.networks.get((project, proof.network, said["sub"]))
        found = self.stored[project, uid] if uid else self._by_email(project, email)
        if found is not None and uid is None and not verified:
            raise EmailTaken("log in the way that was used before")
        if found is None:
            found = Identity(f"uid{len(self.stored)}", email, False, said.get("name"), said.get("picture"))
        self.networks[project, proof.network, said["sub"]] = found.uid
        return self._put(project, found._replace(verified=found.verified or verified))

    async def delete(self, project: str, uid: str) -> None:
        self.stored.pop((project, uid), None)

    def _by_email(self, project: str, email: str) -> Identity | None:
        mine = (each for (of, _), each in self.stored.items() if of == project)
        return next((each for each in mine if each.email and each.email == email), None)

    def _put(self, project: str, identity: Identity) -> Identity:
        self.stored[project, identity.uid] = identity
        return identity
