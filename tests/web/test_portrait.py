"""The photo of a registration: cropped together, refused in words where it is bad, and nothing of it laid down."""

import re
import time
import zlib
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from PIL import Image

from cardservice.domain import drafts
from cardservice.domain.registration import Registration
from cardservice.printing.portrait import MAX_BYTES
from cardservice.storage.models import Draft
from cardservice.web import portrait as portrait_page
from cardservice.web import uploads
from web.hall import ANSWERS, TownHall, picture
from web.pages import Client, Response, mark_of


def upload(browser: Client, draft_id: str, file: BytesIO, name: str = "photo.jpg") -> Response:
    mark = mark_of(browser.application, f"/registrations/{draft_id}/photo").get("as_shown", "")
    # Written here, because the test client would put a large upload into a temporary file of its own.
    body = (
        f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{browser.csrf()}\r\n'
        f'--edge\r\nContent-Disposition: form-data; name="as_shown"\r\n\r\n{mark}\r\n'
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


def wide() -> BytesIO:
    """Somebody beside the middle of a wide photograph, before a plain wall."""
    photo = Image.new("RGB", (1000, 700), "#dfe3e0")
    photo.paste(Image.open(picture(400, 560)), (560, 140))
    file = BytesIO()
    photo.save(file, "JPEG", quality=92)
    file.seek(0)
    return file


def kept(hall: TownHall, draft_id: str) -> Registration:
    with hall.sessions.begin() as session:
        draft = session.get(Draft, draft_id)
        assert draft is not None
        return drafts.contents(draft, day_keys=hall.day_keys).registration


def place(page: Response) -> dict[str, str]:
    """Where the frame stands, as the form that accepts it says."""
    form = next(form for form in page.main.all("form") if form.attributes["method"] == "post")
    fields = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
    return {name: fields[name] for name in ("x", "y", "width")}


class TestChoosingAPicture:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_puts_it_on_the_card_when_its_crop_is_accepted(self, hall: TownHall, clerk: Client, kind: str) -> None:
        draft_id = hall.register(clerk)

        answer = upload(clerk, draft_id, picture(kind=kind))
        assert answer.location == f"/registrations/{draft_id}/photo/crop"
        accepted = clerk.submit(answer.location, place(clerk.get(answer.location)))

        assert accepted.location == f"/registrations/{draft_id}/check"
        assert "On the card" in clerk.get(accepted.location).main.text
        with Image.open(BytesIO(clerk.get(f"/registrations/{draft_id}/photo.jpg").data)) as printed:
            assert printed.width * 5 == printed.height * 4
            assert not printed.getexif()

    def test_is_asked_for_before_a_card_is_offered(self, hall: TownHall, clerk: Client) -> None:
        """Whoever goes back to put a letter right, or was called away, is not taken for somebody who declined."""
        draft_id = hall.begin(clerk)
        details, photo = (f"/registrations/{draft_id}/{page}" for page in ("details", "photo"))
        clerk.submit(details, ANSWERS)

        again = clerk.submit(details, ANSWERS | {"name": "Karima al-Haddad"})
        left = clerk.get(f"/registrations/{draft_id}/check").main
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        declined = clerk.submit(details, ANSWERS)

        assert again.location == photo
        assert "Not asked yet" in left.text
        assert "None, as the resident wishes" not in left.text
        assert photo in {link.attributes["href"] for link in left.all("a") if link.text == "Go on to the photo"}
        assert {form.attributes["action"].rpartition("/")[2] for form in left.all("form")} == {"discard"}
        assert declined.location == f"/registrations/{draft_id}/check"
        assert "None, as the resident wishes" in clerk.get(declined.location).main.text

    def test_can_be_taken_back(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, picture())

        clerk.submit(f"/registrations/{draft_id}/no-photo")

        assert "None, as the resident wishes" in clerk.get(f"/registrations/{draft_id}/check").main.text
        for gone in ("photo.jpg", "photo/whole.jpg", "photo/recognised.webp"):
            assert clerk.get(f"/registrations/{draft_id}/{gone}").status_code == 404
        assert kept(hall, draft_id).photograph is None


class TestTheCrop:
    def test_begins_around_the_head(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, wide())

        frame = {name: int(value) for name, value in place(clerk.get(f"/registrations/{draft_id}/photo/crop")).items()}

        # The head is between 680 and 840 of 1,000, and from 252 to 476 of 700 down.
        assert 560 <= frame["x"] <= 680
        assert 840 <= frame["x"] + frame["width"] <= 960
        assert 200 <= frame["y"] <= 360

    @pytest.mark.parametrize(
        ("move", "changes"),
        [
            ("up", {"y": -20}),
            ("down", {"y": 20}),
            ("left", {"x": -20}),
            ("right", {"x": 20}),
            ("larger", {"width": 24, "x": -12, "y": -21}),
            ("smaller", {"width": -22, "x": 11, "y": 20}),
        ],
    )
    def test_is_moved_by_buttons_alone(self, hall: TownHall, clerk: Client, move: str, changes: dict[str, int]) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, wide())

        page = clerk.get(f"/registrations/{draft_id}/photo/crop?x=300&y=300&width=300&move={move}")

        expected = {"x": 300, "y": 300, "width": 300}
        assert {name: int(value) for name, value in place(page).items()} == pytest.approx(
            {name: value + changes.get(name, 0) for name, value in expected.items()}, abs=1
        )
        # Who moves by keyboard goes on with the same button.
        assert [one.attributes["value"] for one in page.main.all("button") if "autofocus" in one.attributes] == [move]

    @pytest.mark.parametrize(
        "asked",
        [
            "x=-500&y=-9&width=5000",
            "x=999&y=999&width=1",
            "x=1e3&y=0&width=300",
            "x=&y=&width=",
            "width=" + "9" * 5_000 + "&x=0&y=0",
            "x=0&y=0&width=400&move=sideways",
        ],
    )
    def test_never_leaves_the_photograph(self, hall: TownHall, clerk: Client, asked: str) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, wide())

        page = clerk.get(f"/registrations/{draft_id}/photo/crop?{asked}")
        shown = clerk.get(f"/registrations/{draft_id}/photo/recognised.webp?{asked}")

        frame = {name: int(value) for name, value in place(page).items()}
        assert 0 <= frame["x"] <= frame["x"] + frame["width"] <= 1000
        assert frame["y"] >= 0
        assert frame["y"] + frame["width"] * 1.25 * 960 / 672 <= 1002
        assert shown.data[8:12] == b"WEBP"

    def test_that_is_accepted_is_what_is_printed_and_signed(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, wide())
        asked = {"x": "0", "y": "0", "width": "200"}
        before = clerk.get(f"/registrations/{draft_id}/photo/recognised.webp", query_string=asked)

        clerk.submit(f"/registrations/{draft_id}/photo/crop", asked)

        with Image.open(BytesIO(clerk.get(f"/registrations/{draft_id}/photo.jpg").data)) as printed:
            # The wall at the far side, where nobody is.
            assert all(abs(low - high) < 8 for low, high in printed.getextrema())
        assert clerk.get(f"/registrations/{draft_id}/photo/recognised.webp").data == before.data

    def test_shows_how_the_holder_will_be_recognised_as_large_as_the_verifier_does(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, picture())
        static = Path(portrait_page.__file__).parent / "static"
        largest = re.search(
            r"\.portrait \{\s*inline-size: clamp\([^,]+, [^,]+, ([0-9]+)rem\)",
            (static / "verifier/verifier.css").read_text(),
        )
        assert largest is not None

        shown = clerk.get(f"/registrations/{draft_id}/photo/crop").main.all("img")[0].attributes

        # A browser's own letter size, which the verifier does not change, is 16 pixels.
        assert shown["width"] == str(16 * int(largest[1]))
        assert f"inline-size: {shown['width']}px" in (static / "desk.css").read_text()
        assert (
            "font-size"
            not in re.search(r"^(html|:root) \{[^}]*\}", (static / "verifier/verifier.css").read_text(), re.M)[0]
        )

    def test_needs_a_photograph(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        assert clerk.get(f"/registrations/{draft_id}/photo/crop").location == f"/registrations/{draft_id}/photo"
        assert clerk.submit(f"/registrations/{draft_id}/photo/crop", {}).location == f"/registrations/{draft_id}/photo"


class TestThePhotograph:
    """What is wider than the card shows more than the card will."""

    def test_is_erased_when_its_crop_is_accepted(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, picture())
        assert kept(hall, draft_id).photograph is not None

        clerk.submit(f"/registrations/{draft_id}/photo/crop", {})

        assert kept(hall, draft_id).photograph is None
        assert kept(hall, draft_id).portrait_print is not None
        assert clerk.get(f"/registrations/{draft_id}/photo/whole.jpg").status_code == 404

    def test_is_erased_when_the_card_is_issued_and_nobody_accepted_the_crop(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, picture())

        assert clerk.submit(f"/registrations/{draft_id}/issue").status_code == 302

        assert kept(hall, draft_id).photograph is None
        assert kept(hall, draft_id).portrait_print is not None

    def test_stays_while_the_answers_are_changed(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, picture())

        clerk.submit(f"/registrations/{draft_id}/details", ANSWERS | {"name": "Ana Silva"})

        assert kept(hall, draft_id).photograph is not None

    def test_is_not_for_a_colleague(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, picture())

        for theirs in ("photo/crop", "photo/whole.jpg", "photo/recognised.webp"):
            assert supervisor.get(f"/registrations/{draft_id}/{theirs}").status_code == 404

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_says_nothing_in_the_draft_or_on_paper_of_where_it_was_taken(
        self, hall: TownHall, clerk: Client, kind: str
    ) -> None:
        secret, exif, photo = b"taken at 41.1579 N, 8.6291 W", Image.Exif(), BytesIO()
        exif[0x010E] = secret.decode()
        Image.open(picture()).save(photo, kind, exif=exif, xmp=secret, comment=secret)
        assert secret in photo.getvalue()
        photo.seek(0)
        draft_id = hall.register(clerk)
        upload(clerk, draft_id, photo)
        waiting = kept(hall, draft_id)
        assert clerk.submit(f"/registrations/{draft_id}/issue").status_code == 302

        stored = [waiting.photograph, waiting.portrait_print, waiting.portrait_code]
        shown = [clerk.get(f"/registrations/{draft_id}/{path}").data for path in ("card.pdf", "photo.jpg")]

        assert [part for part in [*stored, *shown] if part is None or secret in part or b"Exif" in part] == []


def one_colour() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (480, 640)).save(file, "JPEG")
    return file


def moving() -> BytesIO:
    file = BytesIO()
    frames = [Image.new("RGB", (300, 400), colour) for colour in ("red", "blue")]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file


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
            (one_colour(), "Nothing can be seen"),
            (moving(), "The picture moves"),
            (BytesIO(b"GIF89a" + picture().read()), "not a picture"),
            (picture(1, 1, "PNG"), "too small"),
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
        beside = next(one for one in answer.main.all("input") if one.attributes.get("id") == "photo")
        assert "photo-problem-1" in beside.attributes["aria-describedby"]
        assert kept(hall, draft_id).photograph is None
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

    def test_is_kept_nowhere_but_in_the_draft(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        kit = hall.settings.kit_folder
        named = {path: path.read_bytes() for path in kit.rglob("*") if path.is_file()}
        upload(clerk, draft_id, picture(1200, 1500))

        kept = [path for path in Path(hall.folder).rglob("*") if path.is_file()]

        assert {path.suffix for path in kept if path not in named} <= {".db", ".db-wal", ".db-shm", ".key", ".cose"}
        assert [path for path, content in named.items() if path.read_bytes() != content] == []
