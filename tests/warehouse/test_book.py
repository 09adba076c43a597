"""The query book: a question is found by its number or by any of its words."""

from warehouse.book import matching, questions


def test_questions_have_numbers_of_their_own() -> None:
    numbers = [question.number for question in questions()]
    assert numbers == sorted(set(numbers))
    assert all(question.text.endswith("?") for question in questions())


def test_a_question_is_found_by_number_or_words() -> None:
    assert [question.name for question in matching("4")] == ["if_china_stops"]
    assert [question.number for question in matching("days of consumption")] == [15]
    assert [question.number for question in matching("CHINA stops")] == [4]
    assert matching("unheard of") == []
    assert matching("") == []
