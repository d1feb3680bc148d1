"""A local stand-in for Firebase Authentication: those calls of Google's Identity Toolkit that logging in needs.

    python -m infra.local.auth --port 8089 --state users.json --project halo-local

| request, below `/identitytoolkit.googleapis.com/v1/` | answer |
|---|---|
| `accounts:signUp`, `accounts:signInWithPassword`, `accounts:signInWithIdp`, with `?key=` | a session |
| `projects/{p}/accounts` | a new account; with a Bearer token, as the rest |
| `projects/{p}/accounts:lookup`, `accounts:update`, `accounts:delete` | as Google's; `update` sets custom claims |

Any key but `invalid` is a good one, and speaks for `--project`. Google and Facebook vouch for whatever a made-up
token says: a JSON object or an unsigned JWT with `sub`, and `email`, `email_verified`, `name`, `picture` if wanted. ID
tokens are unsigned, as those of Firebase's own emulator, so that firebase-admin takes them where
FIREBASE_AUTH_EMULATOR_HOST is set, and nowhere else. Passwords are kept as scrypt hashes.
"""
