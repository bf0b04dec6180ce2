import re

from cnrs_kg import errors


def test_health_and_readiness(client, kg):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").status_code == 200
    kg._versions = []
    assert client.get("/readyz").status_code == 503 and client.get("/healthz").status_code == 200


def test_metrics_are_prometheus_text(client):
    client.get("/sparql?query=ASK%7B%7D")
    reply = client.get("/metrics")
    assert 'cnrs_kg_requests_total{route="/sparql",method="GET",status="200"} 1' in reply.text
    assert "cnrs_kg_pool_workers 2" in reply.text and "cnrs_kg_statements 2" in reply.text
    for line in reply.text.splitlines():
        assert line.startswith("#") or re.fullmatch(r'[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? [0-9.e+-]+', line), line


def test_what_strangers_send_makes_no_new_series(client):
    for number in range(5):
        client.get(f'/x{number}"\n')
        client.open("/", method=f"BREW{number}")
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith("cnrs_kg_requests_total")]
    assert len(lines) == 2


def test_metrics_stand_when_the_pool_does_not(client, kg):
    def fail():
        raise errors.EngineBusy("x")

    kg.status = fail
    assert client.get("/metrics").status_code == 200
