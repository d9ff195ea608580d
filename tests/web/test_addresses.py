"""Numbers in addresses that the register could not hold lead nowhere; they are no mistake of ours."""

import pytest

from cardservice.web.addresses import LARGEST, number
from web.pages import Client

TOO_LARGE = (LARGEST + 1, 2**63, 2**64, 10**30, int("9" * 4000))


class TestANumber:
    @pytest.mark.parametrize("value", TOO_LARGE, ids=lambda value: f"{value.bit_length()} bits")
    @pytest.mark.parametrize("address", ["/staff/{}/role", "/staff/{}/disable"])
    def test_beyond_the_register_leads_nowhere(self, administrator: Client, address: str, value: int) -> None:
        assert administrator.get(address.format(value)).status_code == 404

    @pytest.mark.parametrize("value", [*TOO_LARGE, -1, "x", "1" * 5000, "1e3", "٣"], ids=lambda value: str(value)[:12])
    def test_of_a_query_that_cannot_be_is_as_if_it_were_not_there(self, auditor: Client, value: object) -> None:
        assert auditor.get(f"/audit?before={value}").status_code == 200

    def test_is_read_up_to_the_largest(self) -> None:
        assert number(str(LARGEST)) == LARGEST
