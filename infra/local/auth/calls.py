"""What Identity Toolkit's methods do: plain functions from a request's object to an answer's."""

import json
import re
import secrets
import time
from typing import Any
from urllib.parse import parse_qs

from infra.local.auth.accounts import Account, Accounts, hashed, matches
from infra.local.auth.idtokens import LIFETIME_S, id_token, vouched
from infra.local.auth.refusal import Refused

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SHORTEST = 6
Said = dict[str, Any]


def sign_up(accounts: Accounts, project: str, said: Said) -> Said:
    account = create(accounts, project, said)
    return _session(account, "password")


def create(accounts: Accounts, project: str, said: Said) -> Account:
    email, password = _text(said, "email").lower(), _text(said, "password")
    if not email:
        raise Refused("MISSING_EMAIL")
    if not _EMAIL.fullmatch(email):
        raise Refused("INVALID_EMAIL")
    if len(password) < _SHORTEST:
        raise Refused(f"WEAK_PASSWORD : Password should be at least {_SHORTEST} characters")
    if accounts.by_email(project, email):
        raise Refused("EMAIL_EXISTS")
    account = _new(project, email=email, password=hashed(password), verified=said.get("emailVerified") is True)
    return accounts.put(account.model_copy(update={"providers": {"password": email}}))


def sign_in_with_password(accounts: Accounts, project: str, said: Said) -> Said:
    account = accounts.by_email(project, _text(said, "email"))
    if account is None or not matches(account.password, _text(said, "password")):
        raise Refused("INVALID_LOGIN_CREDENTIALS")
    return _session(account, "password") | {"registered": True}


def sign_in_with_idp(accounts: Accounts, project: str, said: Said) -> Said:
    """An unverified email that another account has is not linked: Google asks for confirmation instead."""
    posted = {name: values[0] for name, values in parse_qs(_text(said, "postBody")).items()}
    provider = posted.get("providerId", "")
    if provider not in ("google.com", "facebook.com") or not _text(said, "requestUri"):
        raise Refused("INVALID_CREDENTIAL_OR_PROVIDER_ID : Invalid IdP response or credential")
    about = vouched(posted.get("id_token") or posted.get("access_token") or "")
    account = accounts.by_provider(project, provider, about["sub"])
    if account is None:
        email, verified = str(about.get("email") or "").lower(), about.get("email_verified") is True
        account = accounts.by_email(project, email) if email else None
        if account is not None and not verified:
            return {"needConfirmation": True, "email": email, "verifiedProvider": list(account.providers)}
        if account is None:
            account = _new(
                project, email=email, name=str(about.get("name") or ""), photo=str(about.get("picture") or "")
            )
        # Who has proven the email takes the account over; a password that was set before is void then.
        password = account.password if account.verified else ""
        providers = account.providers | {provider: about["sub"]}
        changed = {"providers": providers, "verified": account.verified or verified, "password": password}
        account = accounts.put(account.model_copy(update=changed))
    return _session(account, provider) | {"providerId": provider, "emailVerified": account.verified}


def lookup(accounts: Accounts, project: str, said: Said) -> Said:
    by_id = [accounts.get(project, uid) for uid in said.get("localId") or ()]
    by_email = [accounts.by_email(project, email) for email in said.get("email") or ()]
    return {"users": [_shown(account) for account in (*by_id, *by_email) if account is not None]}


def update(accounts: Accounts, project: str, said: Said) -> Said:
    account = _known(accounts, project, said)
    _check_claims(said.get("customAttributes"))
    named = {
        "verified": "emailVerified",
        "disabled": "disableUser",
        "claims": "customAttributes",
        "name": "displayName",
    }
    changed = {name: said[field] for name, field in named.items() if said.get(field) is not None}
    if said.get("password"):
        changed["password"] = hashed(said["password"])
    return _shown(accounts.put(account.model_copy(update=changed)))


def delete(accounts: Accounts, project: str, said: Said) -> Said:
    accounts.remove(_known(accounts, project, said))
    return {"kind": "identitytoolkit#DeleteAccountResponse"}


def _known(accounts: Accounts, project: str, said: Said) -> Account:
    account = accounts.get(project, _text(said, "localId"))
    if account is None:
        raise Refused("USER_NOT_FOUND")
    return account


def _check_claims(claims: Any) -> None:
    try:
        good = claims is None or isinstance(json.loads(claims), dict)
    except (TypeError, ValueError):
        good = False
    if not good:
        raise Refused("INVALID_CLAIMS")


def _new(project: str, **fields: Any) -> Account:
    return Account(uid=secrets.token_hex(14), project=project, created_at=int(time.time() * 1_000), **fields)


def _session(account: Account, provider: str) -> Said:
    if account.disabled:
        raise Refused("USER_DISABLED")
    named = {"email": account.email, "displayName": account.name, "photoUrl": account.photo}
    session = {"localId": account.uid, "idToken": id_token(account, provider, int(time.time()))}
    session |= {"refreshToken": secrets.token_hex(16), "expiresIn": str(LIFETIME_S)}
    return session | {name: value for name, value in named.items() if value}


def _shown(account: Account) -> Said:
    return {
        "localId": account.uid,
        "email": account.email,
        "emailVerified": account.verified,
        "displayName": account.name,
        "disabled": account.disabled,
        "customAttributes": account.claims,
        "createdAt": str(account.created_at),
        "validSince": str(account.created_at // 1_000),
    }


def _text(said: Said, name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
