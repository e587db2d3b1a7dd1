"""The API describes itself: in OpenAPI 3.1, and on a page that needs no script."""

import json

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client):
    answer = client.get("/api/schema/", {"format": "json"})
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_the_description_is_openapi_3_1_and_names_every_door(schema):
    assert schema["openapi"] == "3.1.0"
    named = {
        f"{method.upper()} {path.removeprefix('/api/v1/')}"
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert named >= {
        "GET client/",
        "GET changes/",
        "GET hotline/cases/",
        "POST hotline/cases/",
        "POST hotline/cases/batch/",
        "GET hotline/cases/{number}/",
        "POST hotline/cases/{number}/events/",
    }


def test_every_door_says_how_it_refuses(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert {"200", "400", "401", "403", "429"} <= set(operation["responses"]), path
            assert operation["security"] == [{"bearer": []}]
            # Readers are Chinese: nothing is left to a comment of the code.
            for text in (operation["summary"], operation["description"]):
                assert any("一" <= sign <= "鿿" for sign in text), (method, path, text)


def test_the_page_shows_operations_fields_and_answers(client):
    page = client.get("/api/docs/").content.decode()
    for text in (
        "POST /api/v1/hotline/cases/",
        "报送一件诉求",
        "Idempotency-Key",
        "complainant.phone",
        "文本，最多40字",
        "application/x-ndjson",
        "201 新登记；200 相同编号、相同内容已登记；409 相同编号、内容不同。",
    ):
        assert text in page, text
    assert "<script>" not in page
