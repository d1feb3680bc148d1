"""What to do with a stack that runs: addresses to open, and two commands to paste."""

from pathlib import Path

from infra.local.stackfile import Addresses


def _sns(addresses: Addresses) -> str:
    return f"\n  What Amazon SNS was told   {addresses.sns}/moto-api/" if addresses.sns else ""


def next_steps(addresses: Addresses, stack_file: Path) -> str:
    """The password is read from the stack file, so that it stands in nobody's log."""
    api = addresses.api
    return f"""
Everything runs.
  API and its documentation  {api}api/docs
  What the phones show       {addresses.fcm}/
  Queues and their tasks     {addresses.tasks_control}/{_sns(addresses)}
  For programs               {stack_file}

Get a token, register a phone and send it something (paste into another terminal):

TOKEN=$(curl -s {api}api/oauth/token -d grant_type=password -d username={addresses.admin.username} \
-d password="$(sed -n 's/.*"password": "\\(.*\\)".*/\\1/p' '{stack_file}')" \
| sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')
curl -s {api}api/segmentation/appuser/ -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
-d '{{"appId": {addresses.app.app_id}, "devices": [{{"platform": "android", "token": "my-phone"}}]}}'; echo
curl -s {api}api/push/schedule/ -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
-d '{{"appId": {addresses.app.app_id}, "name": "Hello", "payload": {{"notification": {{"title": "Hello", \
"body": "from HALO Push"}}}}}}'; echo

Ctrl-C stops all of it and keeps the data.
"""
