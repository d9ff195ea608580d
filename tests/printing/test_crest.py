"""A crest is a picture, checked once at the start; whatever else a file may be is refused in words."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin
from printed import rendered

from cardservice.printing import crest, media, themes
from cardservice.printing.crest import Crest, CrestRefused
from cardservice.web import decided

RED = (200, 30, 40)
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 48">'
SHIELD = f'{HEAD}<path d="M2 2h36v24c0 12-10 18-18 20C12 44 2 38 2 26z" fill="#c81e28"/></svg>'


def png(size=(200, 240), mode="RGBA", colour=(*RED, 255), **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "PNG", **options)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its data have not."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    parts = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (100, 100), RED).save(out, "JPEG")
    return out.getvalue()


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), colour) for colour in (RED, (0, 0, 0))]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def use_bomb() -> bytes:
    groups = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 9))
    return f'{HEAD}<g id="a0"><path d="M0 0h1v1z"/></g>{groups}</svg>'.encode()


REFUSED = {
    "nothing": (b"", "not a picture"),
    "words": (b"our coat of arms, please", "not a picture"),
    "a JPEG": (jpeg(), "not a picture"),
    "a PDF": (b"%PDF-1.7\n%%EOF", "not a picture"),
    "a page that has a picture": (b"<html><svg></svg></html>", "not a picture"),
    "half a PNG": (png((1000, 1000), colour=None)[:200], "cannot be read to its end"),
    "a header without data": (claiming(500, 500), "cannot be read to its end"),
    "a point": (png((1, 1)), "from 32 to 4000 pixels"),
    "fifty thousand pixels": (claiming(50_000, 50_000), "4000 pixels"),
    "nothing but air": (png(colour=(0, 0, 0, 0)), "transparent"),
    "a ribbon": (png((2000, 40)), "three times"),
    "a moving picture": (moving(), "moves"),
    "two megabytes": (png() + b"\0" * 2_000_000, "larger than 1 MB"),
    "an SVG of nothing": (f"{HEAD}</svg>".encode(), "transparent"),
    "a broken SVG": (SHIELD[:-8].encode(), "not a picture"),
    "an SVG with a program": (SHIELD.replace("</svg>", "<script>1</script></svg>").encode(), "program"),
    "an SVG with a picture of elsewhere": (
        SHIELD.replace("</svg>", '<image href="https://evil.example/a.png"/></svg>').encode(), "outside itself",
    ),
    "an SVG with a file of this machine": (
        SHIELD.replace("</svg>", '<use xlink:href="/etc/passwd#a"/></svg>').encode(), "outside itself",
    ),
    "an SVG with letters": (SHIELD.replace("</svg>", "<text>Town</text></svg>").encode(), "turn text into paths"),
    "an SVG with an entity": (
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SHIELD.encode(), "outside itself",
    ),
    "an SVG that multiplies": (use_bomb(), "not a picture"),
    "an SVG in another encoding": (SHIELD.encode("utf-16"), "not a picture"),
}  # fmt: skip


class TestRefused:
    @pytest.mark.parametrize("what", REFUSED)
    def test_says_what_it_is_and_what_would_do(self, what):
        data, why = REFUSED[what]

        with pytest.raises(
            CrestRefused, match=rf"^The crest cannot be used: .*{why}.*PNG or SVG picture of at most 1 MB"
        ):
            Crest.of(data)

    def test_is_said_of_a_file_that_is_not_there_too(self, tmp_path):
        with pytest.raises(CrestRefused, match=r"crest\.svg cannot be read: No such file"):
            decided._crest(tmp_path / "crest.svg")


class TestTaken:
    @pytest.mark.parametrize(
        "data",
        [
            png(),
            png(mode="RGB", colour=RED),
            png(mode="L", colour=90),
            png(mode="1", colour=0),
            png(mode="I;16", colour=20_000),
            png(mode="P", colour=3),
            png(mode="LA", colour=(90, 255)),
            png((4000, 4000), mode="1", colour=0),
            SHIELD.encode(),
            b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- drawn by hand -->\n" + SHIELD.encode(),
            SHIELD.replace('viewBox="0 0 40 48"', 'width="1e9" height="1.2e9" viewBox="0 0 40 48"').encode(),
        ],
        ids=["rgba", "rgb", "grey", "bits", "16 bits", "palette", "grey and alpha", "4000", "svg", "xml", "huge svg"],
    )
    def test_becomes_a_picture_that_is_small_and_has_no_transparency(self, data):
        made = Crest.of(data)

        with Image.open(io.BytesIO(made.on((1, 1, 1), 8.0))) as flat:
            assert (flat.format, flat.mode) == ("JPEG", "RGB")
            assert flat.height == round(8 / 25.4 * crest.DOTS_AN_INCH)
        assert len(made.on((1, 1, 1), 8.0)) < 20_000
        assert 1 / 3 <= made.ratio <= 3

    def test_loses_the_air_around_it(self):
        wide = Image.new("RGBA", (900, 300), (0, 0, 0, 0))
        wide.paste((*RED, 255), (400, 50, 500, 150))
        out = io.BytesIO()
        wide.save(out, "PNG")

        assert Crest.of(out.getvalue()).ratio == pytest.approx(1)

    def test_says_nothing_of_what_else_was_in_the_file(self):
        told = PngImagePlugin.PngInfo()
        told.add_text("Author", "somebody at home")

        made = Crest.of(png(pnginfo=told))

        assert b"somebody" not in made.picture
        assert b"somebody" not in made.on((1, 1, 1), 8.0)


class TestOnTheCard:
    @pytest.mark.parametrize("name", list(themes.ThemeName))
    def test_stands_at_the_left_of_the_header_on_its_ground(self, make_face, name):
        face = make_face(theme=themes.theme(name, "#0f5c63"), crest=Crest.of(SHIELD.encode()))

        front, _ = rendered(media.pdf([face], media.CR80), dpi=300)

        # In the middle of the shield its colour, in the corner below it the header's ground.
        assert _at(front, 7.3, 4.5) == pytest.approx(RED, abs=12)
        assert _at(front, 4.1, 9.3) == pytest.approx([round(part * 255) for part in face.theme.band], abs=45)

    def test_is_in_a_file_once_however_many_cards_there_are(self, make_face):
        face = make_face(crest=Crest.of(SHIELD.encode()), portrait=None)

        one, twelve = (media.pdf([face] * count, media.A4) for count in (1, 12))

        assert one.count(b"/DCTDecode") == twelve.count(b"/DCTDecode") == 1
        assert b"/SMask" not in one


def _at(page: Image.Image, left: float, top: float) -> tuple[int, int, int]:
    return page.getpixel((round(left / 25.4 * 300), round(top / 25.4 * 300)))
