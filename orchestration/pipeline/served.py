"""How a source's figures were obtained, in words."""

FROM: dict[str, str] = {
    "live": "publisher",
    "archived": "archive",
    "starter": "starter",
    "skipped": "nothing",
    "failed": "nothing",
}
"""One word per mode, for tables."""

LEGEND = {
    "publisher": "the publisher answered in the last refresh",
    "archive": "files fetched or dropped in before",
    "starter": "the project's own small extract",
    "nothing": "nothing fetched yet, and the starter has no figures for it",
}
"""The meaning of these words."""


def sentence(source_id: str, mode: str, note: str) -> str:
    """An outcome in one line, as printed by a refresh."""
    served = FROM.get(mode, mode)
    if served != "nothing":
        return f"{source_id}: from the {served}" + (f", {note}" if note else "")
    reasons = [note, "the starter has no data for it" if mode == "skipped" else ""]
    return f"{source_id}: no figures" + "".join(f", {reason}" for reason in reasons if reason)
