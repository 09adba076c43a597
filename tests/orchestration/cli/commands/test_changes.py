"""What changed, in words: no list or record is printed in its raw form."""

from orchestration.cli.commands.changes import in_words


def test_a_changed_figure_is_shown_with_both_values() -> None:
    moved = {
        "key": {"area": "USA", "mineral_id": "cobalt", "edition": None},
        "column": "value_usd",
        "old": 315909.0,
        "new": 353349.0,
        "change_pct": 11.85,
    }
    assert in_words([moved]) == "USA cobalt value_usd: 315,909 to 353,349 (+11.8 %)"
    assert in_words([moved | {"old": None, "change_pct": None}]) == "USA cobalt value_usd: none to 353,349"


def test_lists_and_statuses_are_words() -> None:
    assert in_words(["added_pct", "removed_pct"]) == "added_pct; removed_pct"
    assert in_words([]) == ""
    assert in_words("suspension_lapsed_unverified") == "suspension lapsed unverified"
    assert in_words(3) == 3
