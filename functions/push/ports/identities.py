from typing import Protocol

from push.domain.identity import Directory, Identity, PasswordProof, Proof


class Identities(Protocol):
    """The accounts of apps' users, whose passwords are never ours. All raise NotSetUp where the project's owner has
    something to do first, and TooManyRequests where the provider wants a pause."""

    async def sign_up(self, directory: Directory, proof: PasswordProof) -> Identity:
        """A new account. Raises EmailTaken, and Invalid naming /email or /password. Asked again after its answer was
        lost it raises EmailTaken, and `sign_in` finds what was made."""

    async def sign_in(self, directory: Directory, proof: Proof) -> Identity:
        """Who this is; a network's account is made when it comes for the first time. Raises WrongCredentials, and
        EmailTaken where the network does not vouch for an email that another account has."""

    async def delete(self, project: str, uid: str) -> None:
        """Nothing when it is gone already."""
