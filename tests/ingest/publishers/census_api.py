"""US Census Bureau, API: its answers as documented."""

from datetime import datetime

from tests.ingest.servers import Asked, Reply, Routes, json_reply

KEY = "0123456789abcdef0123456789abcdef01234567"


def routes(_now: datetime) -> Routes:
    """Years by chapter with a key; without one, a redirect to the page on keys."""

    def imports(asked: Asked) -> Reply:
        if asked.params.get("key") != KEY:
            page = "invalid_key" if "key" in asked.params else "missing_key"
            headers = {"Location": f"/data/{page}.html", "X-DataWebAPI-KeyError": "1"}
            return Reply(status=302, headers=headers, validators=False)
        chapter = asked.params["I_COMMODITY"].removesuffix("*")
        code = f"{chapter}10100000"[:10]
        if chapter == "85":
            return Reply(status=204, validators=False)
        names = [*asked.params["get"].split(","), "COMM_LVL", "SUMMARY_LVL", "I_COMMODITY", "YEAR", "MONTH"]
        echoed = ["HTS10", "DET", code, asked.params["YEAR"], "12"]
        cells = {
            "CTY_CODE": "5700",
            "I_COMMODITY": code,
            "GEN_VAL_YR": "700",
            "CON_VAL_YR": "650",
        }
        cells |= {"DUT_VAL_YR": "300", "CAL_DUT_YR": "25"}
        row = [*(cells[name] for name in names[:6]), *echoed]
        total = ["-", *row[1:]]
        return json_reply([names, total, row], validators=False)

    page = Reply(b"<html>A valid key is required.</html>", content_type="text/html", validators=False)
    return {"/imports/hs": imports, "/data/missing_key.html": page, "/data/invalid_key.html": page}
