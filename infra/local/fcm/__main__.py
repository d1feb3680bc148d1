"""`python -m infra.local.fcm --port P [--host 127.0.0.1]`."""

import argparse
import asyncio
import sys

from infra.local.fcm.server import claim, serve

parser = argparse.ArgumentParser(prog="python -m infra.local.fcm", description="A local FCM (HTTP v1) with phones.")
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--host", default="127.0.0.1")
arguments = parser.parse_args()
try:
    claim(arguments.host, arguments.port)
except OSError as error:
    sys.exit(f"Cannot listen on {arguments.host}:{arguments.port}: {error.strerror}. Choose another --port.")
sys.stdout.write(f"FCM and its phones: http://{arguments.host}:{arguments.port}\n")
sys.stdout.flush()
asyncio.run(serve(arguments.host, arguments.port))
