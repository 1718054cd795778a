"""The official OpenAI SDK for Python against a Cerberus Gateway: only the base URL and the key are the gateway's.

Environment: LITELLM_BASE_URL, LITELLM_MASTER_KEY and CERBERUS_MODEL, as `npm run env` writes them.
"""

import os

from openai import APIStatusError, OpenAI

client = OpenAI(base_url=f"{os.environ['LITELLM_BASE_URL']}/v1", api_key=os.environ["LITELLM_MASTER_KEY"])
model = os.environ["CERBERUS_MODEL"].removeprefix("litellm/")


def main() -> None:
    """The models, one answer and its cost, a stream, and a refusal."""
    print("models:", ", ".join(sorted(each.id for each in client.models.list())))

    # with_raw_response shows the gateway's headers: the cost of the call and the id that finds it in the audit log.
    raw = client.chat.completions.with_raw_response.create(
        model=model, messages=[{"role": "user", "content": "Hello from Python"}], max_tokens=50
    )
    print(raw.parse().choices[0].message.content)
    print("cost in USD:", raw.headers["x-litellm-response-cost"], "id:", raw.headers["x-litellm-call-id"])

    stream = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "Hello again"}], max_tokens=50, stream=True
    )
    for chunk in stream:
        if chunk.choices:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()

    try:
        client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "A long answer, please"}], max_tokens=1_000_000
        )
    except APIStatusError as error:
        # An approval is asked for like this too: code approval_required, with approval_id in the body.
        print("refused:", error.status_code, error.code)


if __name__ == "__main__":
    main()
