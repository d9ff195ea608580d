"""The photo of a registration: every bad picture is refused in words, and nothing of an upload touches the disk."""

import time
import zlib
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from PIL import Image

from cardservice.printing.portrait import MAX_BYTES
from cardservice.web import uploads
from web.hall import ANSWERS, TownHall, picture
from web.pages import Client, Response


def upload(browser: Client, draft_id: str, file: BytesIO, name: str = "photo.jpg") -> Response:
    # Written here, because the test client would put a large upload into a temporary file of its own.
    body = (
        f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{browser.csrf()}\r\n'
        f'--edge\r\nContent-Disposition: form-data; name="photo"; filename="{name}"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    answer: Response = browser.post(
        f"/registrations/{draft_id}/photo",
        data=body + file.read() + b"\r\n--edge--\r\n",
        content_type="multipart/form-data; boundary=edge",
    )
    return answer


def flood() -> BytesIO:
    """A PNG of 50,000 × 50,000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


class TestChoosingAPicture:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_puts_it_on_the_card(self, hall: TownHall, clerk: Client, kind: str) -> None:
        draft_id = hall.register(clerk)

        answer = upload(clerk, draft_id, picture(kind=kind))

        assert answer.location == f"/registrations/{draft_id}/check"
        assert "On the card" in clerk.get(answer.location).main.text
        with Image.open(BytesIO(clerk.get(f"/registrations/{draft_id}/photo.jpg").data)) as kept:
            assert kept.width * 5 == kept.height * 4
            assert not kept.getexif()

    def test_can_be_taken_back(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, picture())

        clerk.submit(f"/registrations/{draft_id}/no-photo")

        assert "None, as the resident wishes" in clerk.get(f"/registrations/{draft_id}/check").main.text
        assert clerk.get(f"/registrations/{draft_id}/photo.jpg").status_code == 404


class TestABadPicture:
    @pytest.mark.parametrize(
        ("file", "words"),
        [
            (BytesIO(b""), "Take a photo"),
            (BytesIO(b"%PDF-1.7\n%\xe2\xe3 not a photo"), "not a picture that can be read"),
            (BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "not a picture"),
            (flood(), "too many pixels"),
            (picture(60, 80), "too small"),
            (BytesIO(picture().read()[:2_000]), "damaged"),
        ],
    )
    def test_is_refused_in_words_within_a_second(
        self, hall: TownHall, clerk: Client, file: BytesIO, words: str
    ) -> None:
        draft_id = hall.register(clerk)
        file.seek(0)

        begun = time.perf_counter()
        answer = upload(clerk, draft_id, BytesIO(file.read()))

        assert time.perf_counter() - begun < 1
        assert words in answer.main.text
        assert answer.page.all("title")[0].text.startswith("Error: ")
        assert ANSWERS["name"] in clerk.get(f"/registrations/{draft_id}/check").main.text

    def test_that_is_too_large_for_a_photo_is_refused_beside_the_field(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        answer = upload(clerk, draft_id, BytesIO(bytes(MAX_BYTES + 1)))

        assert answer.status_code == 200
        assert "larger than 8 MB" in answer.main.text

    def test_of_100_mb_is_refused_before_it_is_read_and_costs_nothing_typed(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id = hall.register(clerk)

        begun = time.perf_counter()
        answer = clerk.post(
            f"/registrations/{draft_id}/photo", data=bytes(100_000_000), content_type="multipart/form-data; boundary=x"
        )

        assert time.perf_counter() - begun < 1
        assert answer.status_code == 413
        assert "too large" in answer.main.text
        assert ANSWERS["name"] in clerk.get(f"/registrations/{draft_id}/check").main.text


class TestAnUpload:
    def test_never_touches_the_disk(self, hall: TownHall, clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        draft_id = hall.register(clerk)

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("a temporary file was opened")

        monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
        answer = upload(clerk, draft_id, BytesIO(picture().read() + bytes(2_000_000)))

        assert answer.status_code == 302

    def test_has_a_limit_that_leaves_room_for_the_form(self) -> None:
        assert MAX_BYTES < uploads.REQUEST_BYTES < MAX_BYTES + 1_000_000

    def test_is_not_kept_beside_the_two_small_pictures(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        kit = hall.settings.kit_folder
        named = {path: path.read_bytes() for path in kit.rglob("*") if path.is_file()}
        upload(clerk, draft_id, picture(1200, 1500))

        kept = [path for path in Path(hall.folder).rglob("*") if path.is_file()]

        assert {path.suffix for path in kept if path not in named} <= {".db", ".db-wal", ".db-shm", ".key", ".cose"}
        assert [path for path, content in named.items() if path.read_bytes() != content] == []
