"""Government of Ontario: its answers as documented."""

from datetime import datetime

from tests.ingest.servers import Reply, Routes

CMIF_LIST = (
    "/dataset/5c36faae-157f-4821-8c52-ff4018714981/resource/0c5066b8-5e07-4883-a461-ae8a6a3d207c"
    "/download/cmif_recipients.csv"
)


def cmif_csv(*lines: str) -> bytes:
    """The list of recipients: with a byte order mark, and no newline at the end."""
    return "\n".join(
        ["\ufeffCMIF Intake,Company Name,Project Name,Approved Funding Amount ($)", *lines]
    ).encode()


def routes(_now: datetime) -> Routes:
    """A dozen recipients."""
    lines = [f'1,Company {n} Ltd. ,"Lithium recovery, step {n}",{300_000 + n}' for n in range(12)]
    return {CMIF_LIST: Reply(cmif_csv(*lines), content_type="text/csv")}
