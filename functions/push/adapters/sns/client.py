"""boto3's client for Amazon SNS. Nothing of Amazon's is imported before it is asked for: most deployments lack it."""

from typing import Any, TypeAlias

# boto3 makes it at run time and ships no types. May be called from many threads at once; raises botocore's errors.
SnsClient: TypeAlias = Any

# A connection that Amazon does not take at once is not worth waiting for.
_CONNECT_S = 3.0


def connect(region: str, endpoint: str | None, read_s: float, connections: int) -> SnsClient:
    """A client that repeats nothing by itself, since a message whose answer was lost may have been sent. Takes a tenth
    of a second. Credentials are found as boto3 finds them, in the environment first. Raises ImportError."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=min(_CONNECT_S, read_s),
        read_timeout=read_s,
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=connections,
    )
    return boto3.session.Session().client("sns", region_name=region, endpoint_url=endpoint, config=config)
