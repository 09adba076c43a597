"""What the publisher may change: fields of the export, and how a whole schedule is requested."""

from ingest.gates import Gates
from ingest.http import Policy
from ingest.sources.usitc_hts.schemas import LINE

MIN_ROWS = 30_000
"""Minimum rows of a full schedule; every release since 2025 has more than 35,000."""
FIELDS = frozenset({"htsno", "indent", "general", "special", "other", "units", "footnotes"})
OTHER_FIELDS = frozenset(
    {"superior", "quotaQuantity", "additionalDuties", "addiitionalDuties", "statisticalSuffix", "description"}
)

# The service accepts only some forms of request for the full schedule; both of these have worked.
WHOLE_SCHEDULE = (
    (("from", "0100"), ("to", "9999"), ("format", "JSON"), ("styles", "false")),
    (("from", "0101.21.00"), ("to", "9999.00.00"), ("format", "JSON"), ("styles", "true")),
)
PROBED = "2504"  # natural graphite
POLICY = Policy(interval_s=5, read_s=120, attempts=3, max_bytes=64 << 20)
GATES = Gates("json", shrink_to=0.8, min_rows={LINE.name: MIN_ROWS // 2})
