"""An upload becomes two clean portraits, or is refused in words, quickly and with little memory."""

import io
import struct
import time
import tracemalloc
import zlib

import pytest
from PIL import Image

from cardservice.printing import portrait, sample_portraits
from cardservice.printing.portrait import PortraitRefused, Refusal

SECRET = b"taken at home by Q. Someone"


class TestPrepare:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_makes_a_print_of_300_dpi_and_a_code_portrait_of_at_most_500_bytes(self, kind):
        made = portrait.prepare(_file(Image.open(io.BytesIO(sample_portraits.draw(3))), kind))

        assert _opened(made.print_jpeg).size == portrait.PRINT_SIZE
        assert _opened(made.print_jpeg).format == "JPEG"
        assert _opened(made.code_webp).size == portrait.CODE_SIZE
        assert _opened(made.code_webp).format == "WEBP"
        assert len(made.code_webp) <= 500

    def test_makes_even_noise_fit_the_code(self):
        noise = Image.effect_noise((400, 500), 120).convert("RGB")

        made = portrait.prepare(_file(noise, "PNG"))

        assert 0 < len(made.code_webp) <= 500
        width, height = _opened(made.code_webp).size
        assert width / height == pytest.approx(4 / 5, abs=0.02)

    @pytest.mark.parametrize("seed", range(9))
    def test_uses_nearly_all_of_the_room_in_the_code(self, seed):
        assert len(portrait.prepare(sample_portraits.draw(seed)).code_webp) > 400

    @pytest.mark.parametrize(("kind", "scale"), [("JPEG", 1), ("JPEG", 6), ("PNG", 1), ("PNG", 6), ("WEBP", 1)])
    def test_turns_the_picture_as_the_camera_was_held(self, kind, scale):
        # Red above blue, stored turned by a quarter, as telephones do.
        upright = Image.new("RGB", (400 * scale, 500 * scale), "red")
        upright.paste("blue", (0, 250 * scale, 400 * scale, 500 * scale))
        exif = Image.Exif()
        exif[0x0112] = 6
        stored = upright.transpose(Image.Transpose.ROTATE_90)

        made = _opened(portrait.prepare(_file(stored, kind, exif=exif)).print_jpeg)

        assert made.getpixel((120, 20))[0] > 200
        assert made.getpixel((120, 280))[2] > 200

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_leaves_no_metadata(self, kind):
        exif = Image.Exif()
        exif[0x010E] = SECRET.decode()
        upload = _file(_plain(), kind, exif=exif, icc_profile=SECRET, comment=SECRET)
        assert SECRET in upload

        made = portrait.prepare(upload)

        for picture in (made.print_jpeg, made.code_webp):
            assert SECRET not in picture
            assert b"Exif" not in picture
            assert not _opened(picture).info.keys() & {"exif", "icc_profile", "comment", "xmp"}

    def test_crops_to_four_by_five_and_keeps_the_upper_part(self):
        tall = Image.new("RGB", (400, 1200), "white")
        tall.paste("red", (0, 200, 400, 500))

        made = _opened(portrait.prepare(_file(tall, "PNG")).print_jpeg)

        assert made.getpixel((120, 100))[:3] == pytest.approx((254, 0, 0), abs=6)

    @pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "RGBA", "LA", "I;16"])
    def test_takes_every_way_of_storing_colours(self, mode):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        grey = Image.new("I;16", (300, 400), 40_000) if mode == "I;16" else _plain().convert(mode)

        made = _opened(portrait.prepare(_file(grey, kind)).print_jpeg)

        assert made.mode == "RGB"
        assert 90 < made.convert("L").getpixel((120, 150)) < 200

    def test_puts_what_is_transparent_on_white(self):
        made = _opened(portrait.prepare(_file(Image.new("RGBA", (300, 400), (0, 0, 0, 0)), "PNG")).print_jpeg)

        assert made.getpixel((10, 10)) == (255, 255, 255)

    def test_takes_a_large_photograph_within_a_second(self):
        upload = _file(Image.effect_noise((1000, 1250), 30).resize((4800, 6000)).convert("RGB"), "JPEG", quality=80)

        begun = time.perf_counter()
        portrait.prepare(upload)

        assert time.perf_counter() - begun < 1


class TestRefusal:
    def test_of_a_picture_of_50_000_by_50_000_pixels_comes_at_once_and_decodes_nothing(self):
        upload = _png_header(50_000, 50_000)

        _assert_refused(upload, Refusal.TOO_MANY_PIXELS)

    def test_of_a_picture_just_over_the_limit_decodes_nothing_either(self):
        _assert_refused(_png_header(8_000, 5_001), Refusal.TOO_MANY_PIXELS)

    def test_of_an_upload_of_100_megabytes_looks_at_its_size_only(self):
        _assert_refused(bytes(100 * 1024 * 1024), Refusal.TOO_LARGE)

    @pytest.mark.parametrize(
        "upload",
        [
            b"",
            b"\xff\xd8\xff",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
            b"hello",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        ],
        ids=["nothing", "three bytes", "a PDF", "text", "SVG"],
    )
    def test_of_what_is_no_picture_says_so(self, upload):
        _assert_refused(upload, Refusal.NOT_A_PICTURE)

    @pytest.mark.parametrize("kind", ["BMP", "GIF", "TIFF", "ICO", "PPM"])
    def test_of_other_kinds_of_pictures_opens_none_of_their_readers(self, kind):
        _assert_refused(_file(_plain(), kind), Refusal.NOT_A_PICTURE)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_of_a_truncated_file_makes_no_half_portrait(self, kind):
        upload = _file(Image.effect_noise((300, 400), 60).convert("RGB"), kind)

        with pytest.raises(PortraitRefused) as refused:
            portrait.prepare(upload[: len(upload) // 2])

        assert refused.value.code in (Refusal.DAMAGED, Refusal.NOT_A_PICTURE)

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_of_a_moving_picture_says_so(self, kind):
        frames = [Image.new("RGB", (300, 400), colour) for colour in ("red", "blue")]
        _assert_refused(_file(frames[0], kind, save_all=True, append_images=frames[1:]), Refusal.ANIMATED)

    @pytest.mark.parametrize("size", [(1, 1), (63, 400), (400, 79)])
    def test_of_a_tiny_picture_says_how_large_it_must_be(self, size):
        _assert_refused(_file(Image.new("RGB", size), "PNG"), Refusal.TOO_SMALL)

    def test_of_a_compressed_text_that_unpacks_without_end_keeps_memory_bounded(self):
        bomb = zlib.compress(bytes(200 * 1024 * 1024), 9)
        chunk = b"Comment\0\0" + bomb
        upload = _png_header(300, 400, extra=_chunk(b"zTXt", chunk))

        with pytest.raises(PortraitRefused):
            _in_bounds(upload)

    def test_has_words_for_every_code(self):
        for code in Refusal:
            assert str(PortraitRefused(code)).endswith(".")


class TestSamplePortraits:
    def test_are_the_same_for_the_same_seed_and_different_for_others(self):
        assert sample_portraits.draw(7) == sample_portraits.draw(7)
        assert len({sample_portraits.draw(seed) for seed in range(30)}) == 30


def _assert_refused(upload: bytes, code: Refusal) -> None:
    with pytest.raises(PortraitRefused) as refused:
        _in_bounds(upload)
    assert refused.value.code is code


def _in_bounds(upload: bytes) -> None:
    """Prepare within a second and 20 MB of memory of its own, or fail."""
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        portrait.prepare(upload)
    finally:
        taken, (_, peak) = time.perf_counter() - begun, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert taken < 1
        assert peak < 20 * 1024 * 1024


def _plain() -> Image.Image:
    return Image.new("RGB", (300, 400), (150, 140, 130))


def _file(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


def _png_header(width: int, height: int, extra: bytes = b"") -> bytes:
    """A PNG that says it is so large, with a first line of pixels and no more."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(bytes(3 * width + 1)))
    return b"\x89PNG\r\n\x1a\n" + header + extra + pixels + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
