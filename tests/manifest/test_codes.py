"""Check digits of release codes."""

import pytest

from albumbuild.manifest.codes import check_digit


@pytest.mark.parametrize(
    "code", ["5012345678900", "4006381333931", "036000291452", "0036000291452"]
)
def test_the_check_digit_is_the_one_that_is_printed(code):
    assert check_digit(code[:-1]) == int(code[-1])
