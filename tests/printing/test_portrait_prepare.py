"""An upload becomes a clean photograph and two clean portraits, or is refused in words, at once, in little memory."""

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from cardservice.printing import portrait, sample_portraits
from cardservice.printing.portrait import PortraitRefused, Refusal

SECRET = b"taken at home by Q. Someone"
MARKS = (b"Exif", b"EXIF", b"ICC_PROFILE", b"ICCP", b"http://ns.adobe", b"XMP ", b"MPF")
"""How metadata begins in the three kinds of files."""
GPS, MAKER, DESCRIPTION, LATITUDE = 0x8825, 0x927C, 0x010E, 2


class TestPrepare:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_makes_a_print_of_300_dpi_and_a_code_portrait_of_at_most_500_bytes(self, kind):
        made = portrait.prepare(_file(Image.open(io.BytesIO(sample_portraits.draw(3))), kind))

        assert _opened(made.print_jpeg).size == portrait.PRINT_SIZE
        assert _opened(made.print_jpeg).format == "JPEG"
        assert _opened(made.code_webp).format == "WEBP"
        assert len(made.code_webp) <= 500

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

    def test_crops_to_four_by_five_and_keeps_the_upper_part(self):
        tall = Image.new("RGB", (400, 1200), "white")
        tall.paste("red", (0, 200, 400, 500))

        made = _opened(portrait.prepare(_file(tall, "PNG")).print_jpeg)

        assert made.getpixel((120, 100))[:3] == pytest.approx((254, 0, 0), abs=6)

    @pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "YCbCr", "RGBA", "LA", "I;16"])
    def test_takes_every_way_of_storing_colours(self, mode):
        kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
        if mode == "I;16":
            kept = Image.new("I;16", (300, 400), 40_000)
            kept.paste(10_000, (0, 0, 300, 60))
        else:
            kept = _plain().convert(mode)

        made = _opened(portrait.prepare(_file(kept, kind)).print_jpeg)

        assert made.mode == "RGB"
        assert 90 < made.convert("L").getpixel((120, 150)) < 200

    def test_takes_sixteen_bits_a_colour(self):
        made = _opened(portrait.prepare(_png_of_16_bits()).print_jpeg)

        assert made.getpixel((120, 250)) == pytest.approx((200, 100, 50), abs=8)

    def test_puts_what_is_transparent_on_white(self):
        clear = Image.new("RGBA", (300, 400), (0, 0, 0, 0))
        clear.paste((20, 40, 90, 255), (100, 100, 200, 300))

        made = _opened(portrait.prepare(_file(clear, "PNG")).print_jpeg)

        assert made.getpixel((5, 5)) == (255, 255, 255)

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
    def test_shows_on_black_what_is_white_on_nothing(self, mode):
        drawn = Image.new("L", (300, 400), 0)
        drawn.paste(255, (100, 100, 200, 300))
        if mode in ("LA", "RGBA"):
            upload = _file(Image.merge("LA", (Image.new("L", drawn.size, 255), drawn)).convert(mode), "PNG")
        else:
            upload = _file(drawn.convert(mode), "PNG", transparency=(0, 0, 0) if mode == "RGB" else 0)

        made = _opened(portrait.prepare(upload).print_jpeg).convert("L")

        assert made.getpixel((120, 150)) > 250
        assert made.getpixel((5, 5)) < 5

    @pytest.mark.parametrize(
        ("depth", "colours"),
        [(2, 1), (4, 1), (16, 1), (16, 3)],
        ids=["2 bits", "4 bits", "16 bits", "16 bits a colour"],
    )
    def test_knows_the_clear_colour_of_a_png_whatever_its_depth(self, depth, colours):
        made = _opened(portrait.prepare(_png_with_a_clear_third(depth, colours)).print_jpeg).convert("L")

        assert [made.getpixel((x, 150)) for x in (20, 120, 220)] == pytest.approx([0, 255, 170], abs=6)

    def test_takes_a_large_photograph_within_a_second(self):
        upload = _file(_restless((1000, 1250)).resize((4800, 6000)), "JPEG", quality=80)

        begun = time.process_time()
        portrait.prepare(upload)

        assert time.process_time() - begun < 1

    @pytest.mark.parametrize("size", [(6000, 80), (64, 6000), (300, 90)])
    def test_takes_a_strip_as_it_is(self, size):
        assert _opened(portrait.prepare(_file(_restless(size), "PNG")).print_jpeg).size == portrait.PRINT_SIZE

    def test_has_half_of_a_cards_file_for_its_print_and_no_more(self):
        assert len(portrait.prepare(_file(_restless((960, 1200)), "PNG")).print_jpeg) <= portrait.PRINT_MAX_BYTES

    def test_loses_nothing_of_its_quality_where_the_print_is_small_enough(self):
        made = _opened(portrait.prepare(sample_portraits.draw(5)).print_jpeg)

        best = _opened(_file(Image.new("RGB", (8, 8)), "JPEG", quality=88))
        assert made.quantization == best.quantization


class TestThePhotograph:
    def test_is_small_enough_for_a_draft_however_large_and_restless_it_was(self):
        kept = portrait.taken(_file(_restless((2000, 2500)), "JPEG"))

        assert len(kept) <= portrait.PHOTOGRAPH_MAX_BYTES
        assert max(_opened(kept).size) == portrait.LONGEST

    def test_that_is_small_is_not_made_larger(self):
        assert portrait.size_of(portrait.taken(_file(_plain(), "PNG"))) == (300, 400)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "MPO"])
    def test_carries_none_of_what_was_written_into_the_file(self, kind):
        upload = _with_metadata(kind)
        assert upload.count(SECRET) >= 3 or kind == "MPO"
        assert SECRET in upload

        kept = portrait.taken(upload)
        made = portrait.portraits(kept, portrait.suggested(kept))

        for picture in (kept, made.print_jpeg, made.code_webp):
            assert SECRET not in picture
            assert [mark for mark in MARKS if mark in picture] == []
            assert not _opened(picture).getexif()
            assert not _opened(picture).info.keys() & {"exif", "icc_profile", "comment", "xmp", "mp"}

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("hidden", ["archive", "script", "second"])
    def test_that_is_also_another_file_leaves_that_one_behind(self, kind, hidden):
        after = {
            "archive": _archive(),
            "script": b"<script>/*" + SECRET + b"*/</script>",
            "second": _file(_plain(), "JPEG", comment=SECRET),
        }[hidden]

        kept = portrait.taken(_file(_plain(), kind) + after)

        assert SECRET not in kept
        assert b"<script>" not in kept
        assert not zipfile.is_zipfile(io.BytesIO(kept))


class TestRefusal:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_of_a_picture_of_too_many_pixels_comes_at_once_and_decodes_nothing(self, kind):
        _assert_refused(_HUGE[kind](), Refusal.TOO_MANY_PIXELS)

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

    @pytest.mark.parametrize("kind", ["BMP", "GIF", "TIFF", "ICO", "PPM", "AVIF"])
    def test_of_other_kinds_of_pictures_opens_none_of_their_readers(self, kind):
        _assert_refused(_file(_plain(), kind), Refusal.NOT_A_PICTURE)

    def test_of_a_file_that_begins_as_another_one_says_so(self):
        _assert_refused(b"GIF89a" + _file(_plain(), "JPEG"), Refusal.NOT_A_PICTURE)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_of_a_truncated_file_makes_no_half_portrait(self, kind, share):
        upload = _file(Image.effect_noise((300, 400), 60).convert("RGB"), kind)

        with pytest.raises(PortraitRefused) as refused:
            portrait.prepare(upload[: int(len(upload) * share)])

        assert refused.value.code in (Refusal.DAMAGED, Refusal.NOT_A_PICTURE)

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_of_a_moving_picture_says_so(self, kind):
        frames = [Image.new("RGB", (300, 400), colour) for colour in ("red", "blue")]
        _assert_refused(_file(frames[0], kind, save_all=True, append_images=frames[1:]), Refusal.ANIMATED)

    @pytest.mark.parametrize("size", [(1, 1), (63, 400), (400, 79)])
    def test_of_a_tiny_picture_says_how_large_it_must_be(self, size):
        _assert_refused(_file(Image.new("RGB", size), "PNG"), Refusal.TOO_SMALL)

    @pytest.mark.parametrize("colour", ["black", "white", "#6b4a2f"])
    def test_of_a_picture_of_one_colour_says_that_nothing_can_be_seen(self, colour):
        _assert_refused(_file(Image.new("RGB", (480, 640), colour), "JPEG"), Refusal.EMPTY)

    def test_of_a_covered_lens_is_not_misled_by_the_noise_of_the_camera(self):
        grain = Image.effect_noise((480, 640), 8).point(lambda value: max(0, value - 120))

        _assert_refused(_file(grain.convert("RGB"), "JPEG"), Refusal.EMPTY)

    @pytest.mark.parametrize("seed", range(9))
    def test_is_not_for_a_face_in_dim_light(self, seed):
        face = Image.open(io.BytesIO(sample_portraits.draw(seed)))

        assert portrait.taken(_file(face.point(lambda value: value // 5), "JPEG"))

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
    begun = time.process_time()
    try:
        portrait.prepare(upload)
    finally:
        taken, (_, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert taken < 1
        assert peak < 20 * 1024 * 1024


def _plain() -> Image.Image:
    """Somebody's shape: one colour before another."""
    plain = Image.new("RGB", (300, 400), (150, 140, 130))
    plain.paste((60, 50, 70), (0, 0, 300, 60))
    return plain


def _restless(size: tuple[int, int]) -> Image.Image:
    """A picture that no encoder makes small."""
    noise = Image.effect_noise(size, 120).convert("RGB")
    noise.paste(0, (0, 0, size[0] // 2, size[1] // 2))
    return noise


def _file(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


def _with_metadata(kind: str) -> bytes:
    """A file with the secret in every place that its kind has for it."""
    exif = Image.Exif()
    exif[DESCRIPTION] = SECRET.decode()
    exif.get_ifd(GPS)[LATITUDE] = (48.0, 51.0, 24.0)
    exif.get_ifd(0x8769)[MAKER] = SECRET
    options: dict[str, object] = {"exif": exif, "icc_profile": SECRET, "xmp": SECRET, "comment": SECRET}
    if kind == "MPO":
        second = Image.new("RGB", (300, 400), "red")
        return _file(_plain(), "MPO", save_all=True, append_images=[second], exif=exif)
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        texts = PngInfo()
        texts.add_text("Comment", SECRET.decode())
        texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        options = {"exif": exif, "pnginfo": texts}
    return _file(_plain(), kind, **options)


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("note.txt", SECRET)
    return out.getvalue()


def _png_of_16_bits() -> bytes:
    """16 bits for each of three colours, which Pillow reads and does not write."""
    dark = struct.pack(">HHH", 0x2000, 0x2000, 0x2000) * 300
    bright = struct.pack(">HHH", 200 * 257, 100 * 257, 50 * 257) * 300
    rows = b"".join(b"\0" + (dark if y < 60 else bright) for y in range(400))
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 300, 400, 16, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _png_with_a_clear_third(depth: int, colours: int) -> bytes:
    """Three upright stripes: black, a third of white that is called clear, and two thirds of white."""
    most = 2**depth - 1
    # Of sixteen bits the lower eight are not the upper eight.
    third = most // 3 + depth // 16
    samples = [value for value in (0, third, most // 3 * 2) for _ in range(100 * colours)]
    row = int("".join(f"{value:0{depth}b}" for value in samples), 2).to_bytes(len(samples) * depth // 8, "big")
    kind = 2 if colours == 3 else 0
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 300, 400, depth, kind, 0, 0, 0))
    clear = _chunk(b"tRNS", struct.pack(">H", third) * colours)
    pixels = _chunk(b"IDAT", zlib.compress((b"\0" + row) * 400))
    return b"\x89PNG\r\n\x1a\n" + header + clear + pixels + _chunk(b"IEND", b"")


def _png_header(width: int, height: int, extra: bytes = b"") -> bytes:
    """A PNG that says it is so large, with a first line of pixels and no more."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(bytes(3 * width + 1)))
    return b"\x89PNG\r\n\x1a\n" + header + extra + pixels + _chunk(b"IEND", b"")


def _jpeg_header() -> bytes:
    """A small JPEG whose frame says 50,000 × 50,000."""
    whole = _file(_plain(), "JPEG")
    frame = whole.index(b"\xff\xc0") + 5
    return whole[:frame] + struct.pack(">HH", 50_000, 50_000) + whole[frame + 4 :]


def _webp_header() -> bytes:
    """A WebP of the largest size that its header can say, 16,383 × 16,383."""
    return _file(Image.new("RGB", (16_383, 2_500), "white"), "WEBP", quality=0, method=0)


_HUGE: dict[str, Callable[[], bytes]] = {
    "PNG": lambda: _png_header(50_000, 50_000),
    "JPEG": _jpeg_header,
    "WEBP": _webp_header,
}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
