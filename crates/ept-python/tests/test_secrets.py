"""Pickles have arguments, but no secrets, no connection and no points."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TESTDATA, Server

import pyept

SECRET = "swordfish-4711"


def test_a_query_is_its_pickle(terrain: pyept.Dataset) -> None:
    query = terrain.query(
        bounds=(-92.9985, 42.0030, -92.9970, 42.0045),
        crs="EPSG:4326",
        resolution="2m",
        where="Classification == 2",
        columns=["Z", "Intensity"],
        thin=1,
        out_crs=32615,
        limit=100,
        source_id="File",
        on_error="skip",
    )
    again = pickle.loads(pickle.dumps(query))
    assert again == query
    assert hash(again) == hash(query)
    assert {query: 1}[again] == 1
    assert repr(again) == repr(query)
    assert again.to_arrow().equals(query.to_arrow())
    assert again.to_arrow().num_rows == 100
    assert query != terrain.query()
    assert again.dataset == terrain
    assert len(pickle.dumps(query)) < 1500


def test_a_pickle_is_read_by_another_process(terrain: pyept.Dataset, tmp_path: Path) -> None:
    query = terrain.query(bounds=(500100, 4650100, 500300, 4650300), columns=["Z"])
    (tmp_path / "query.pickle").write_bytes(pickle.dumps(query))
    code = "import pickle, sys; print(repr(float(pickle.load(open(sys.argv[1], 'rb')).to_numpy()['Z'].sum())))"
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "query.pickle")], capture_output=True, text=True, check=True
    )
    assert float(told.stdout) == float(query.to_numpy()["Z"].sum())


def test_a_header_is_sent_but_not_told(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.token = f"Bearer {SECRET}"
    with pytest.raises(pyept.StoreError):
        pyept.open(f"{server.url}/terrain", retries=0)
    dataset = pyept.open(f"{server.url}/terrain", headers={"Authorization": f"Bearer {SECRET}"})
    caplog.set_level(logging.DEBUG, "pyept")
    query = dataset.query(depth=0)
    assert len(query.to_numpy()["Z"]) == 1522
    assert caplog.records
    report = str(query.report) + caplog.text
    for told in [repr(dataset), repr(query), report, str(pickle.dumps(dataset)), str(pickle.dumps(query))]:
        assert SECRET not in told
    again = pickle.loads(pickle.dumps(query))
    with pytest.raises(pyept.CredentialsError, match="the header Authorization.*\\$\\{NAME\\}"):
        again.to_numpy()
    with pytest.raises(pyept.CredentialsError):
        _ = again.dataset.points


def test_a_secret_in_the_environment_travels_by_name(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.token = f"Bearer {SECRET}"
    monkeypatch.setenv("SURVEY_TOKEN", SECRET)
    dataset = pyept.open(f"{server.url}/terrain", headers={"Authorization": "Bearer ${SURVEY_TOKEN}"})
    again = pickle.loads(pickle.dumps(dataset.query(depth=0)))
    assert again.to_arrow().num_rows == 1522
    assert SECRET not in str(pickle.dumps(dataset))
    monkeypatch.delenv("SURVEY_TOKEN")
    third = pickle.loads(pickle.dumps(dataset))
    with pytest.raises(pyept.CredentialsError, match="SURVEY_TOKEN is not set"):
        third.query()


def test_a_query_string_is_a_secret(server: Server) -> None:
    dataset = pyept.open(f"{server.url}/terrain/ept.json?token={SECRET}")
    assert dataset.query(depth=0).to_arrow().num_rows == 1522
    assert any(f"token={SECRET}" in path for path, _ in server.requests)
    for told in [repr(dataset), str(dataset.locations), str(pickle.dumps(dataset))]:
        assert SECRET not in told
    with pytest.raises(pyept.CredentialsError, match="query string of http://127"):
        pickle.loads(pickle.dumps(dataset)).query()


def test_keys_of_object_stores_are_not_pickled() -> None:
    options = {
        "aws_access_key_id": "AKIA0000",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "aws_session_token": "${SESSION_TOKEN}",
        "aws_region": "eu-central-1",
        "requester_pays": "true",
        "endpoint": "http://127.0.0.1:9000",
    }
    # An index is opened when it is needed.
    dataset = pyept.open("s3://bucket/index.geojson", storage_options={**options, "aws_session_token": "t"})
    text = str(pickle.dumps(dataset))
    assert SECRET not in text
    assert "AKIA0000" not in text
    assert "eu-central-1" in text
    with pytest.raises(pyept.CredentialsError, match="AWS_SECRET_ACCESS_KEY") as raised:
        _ = pickle.loads(pickle.dumps(dataset)).points
    assert SECRET not in str(raised.value)


def test_datasets_are_values() -> None:
    one, other = pyept.open(TESTDATA / "terrain"), pyept.open(str(TESTDATA / "terrain"))
    assert one == other
    assert hash(one) == hash(other)
    assert one != pyept.open(TESTDATA / "laz-pf0")
    assert len({one, other}) == 1
