"""HTTP as all sources use it: one session, its messages, retries, and partial files."""

from ingest.http.messages import (
    Answer,
    BusyError,
    ConfigurationError,
    FetchError,
    NotFoundError,
    Params,
    Policy,
    Request,
    UnfinishedError,
    UnreachableError,
    host_of,
    leads_within,
    without_secrets,
)
from ingest.http.retries import HOSTS_DOWN_IS_NO_NETWORK
from ingest.http.session import Http

__all__ = [
    "HOSTS_DOWN_IS_NO_NETWORK",
    "Answer",
    "BusyError",
    "ConfigurationError",
    "FetchError",
    "Http",
    "NotFoundError",
    "Params",
    "Policy",
    "Request",
    "UnfinishedError",
    "UnreachableError",
    "host_of",
    "leads_within",
    "without_secrets",
]
