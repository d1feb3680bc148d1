"""A local stand-in for Firebase Cloud Messaging (HTTP v1), with a page that shows what phones would.

    python -m infra.local.fcm --port 8902

| request | answer |
|---|---|
| `POST /v1/projects/{p}/messages:send` | as FCM: strict checks, real error shapes |
| `GET /inbox?scheduleId=&target=&after=&limit=` | accepted messages in order: `[{"at": ms, "target", "message"}]` |
| `GET /inbox/counts?scheduleId=` | `{"accepted", "targets", "doubles"}` |
| `DELETE /inbox` | empties it |
| `GET`, `PUT`, `DELETE /behaviour` | faults, delays, cut connections, quotas: see `settings.py` |
| `GET /phones?search=&limit=&after=` | phones, the last to ring first, with what they display |
| `GET /phones/{target}` | everything one phone displays, newest first |
| `GET /` | the page; `GET /events` tells it that something changed |
| `GET /health` | `{"status": "ok", "accepted"}` |
"""
