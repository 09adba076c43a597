"""How a command ends after an error."""

import pytest
import typer

from orchestration.cli.exits import exit_on_error


def test_a_failed_lookup_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, exit_on_error():
        raise LookupError("There is no publication x.")
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "There is no publication x.\n"


@pytest.mark.parametrize("fault", [KeyError("yearly"), IndexError("list index out of range")])
def test_a_fault_of_the_program_keeps_its_traceback(fault: LookupError) -> None:
    with pytest.raises(type(fault)), exit_on_error():
        raise fault
