from cerberus_gateway.refusal import STATUS, refusal


def test_a_refusal_has_the_same_body_for_every_code() -> None:
    for code, status in STATUS.items():
        error = refusal(code, "too much", param="max_tokens", limit=5)

        assert error.status_code == status
        expected: object = {
            "error": "too much",
            "type": "cerberus_refusal",
            "code": code,
            "message": "too much",
            "param": "max_tokens",
            "limit": 5,
        }
        assert error.detail == expected
