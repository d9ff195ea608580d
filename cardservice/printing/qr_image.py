"""A code as modules and as a picture: the smallest symbol, alphanumeric, error correction M, quiet zone of four.

On paper a code is drawn by paper.py in whole printer dots; how many dots a module, and where, is layout's decision.
The encoding itself is qr_encoder.py's.
"""

import io
import re
from dataclasses import dataclass

from PIL import Image

from cardservice.printing import qr_encoder
from cardservice.printing.qr_layout import side_of

QUIET_MODULES = 4


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol without its quiet zone: its rows, one after the other, from the top.

    One bit a module, 1 for dark; each row is filled up to whole bytes with light.
    """

    version: int
    packed: bytes

    @property
    def side(self) -> int:
        """How many modules it is wide and high."""
        return side_of(self.version)

    @property
    def rows(self) -> tuple[str, ...]:
        """Its rows as text: "0" is light and "1" is dark."""
        width = len(self.packed) // self.side
        rows = (self.packed[at : at + width] for at in range(0, len(self.packed), width))
        return tuple(f"{int.from_bytes(row, 'big'):0{width * 8}b}"[: self.side] for row in rows)


def symbol(text: str) -> Symbol:
    """The smallest symbol for a QR text. Raises ValueError for characters outside Base45, TooLongForQr."""
    if not text or not set(text) <= set(qr_encoder.ALPHABET):
        raise ValueError("A code holds capital letters, digits and $%*+-./: and space only.")
    return Symbol(*qr_encoder.encode(text))


def link(address: str) -> Symbol:
    """The smallest symbol for a web address, which has small letters. Raises TooLongForQr."""
    return Symbol(*qr_encoder.encode_address(address))


def svg(symbol: Symbol, *, quiet: int = QUIET_MODULES) -> bytes:
    """An SVG of one unit a module: light ground, and one rectangle for every run of dark modules in a row."""
    side = symbol.side + 2 * quiet
    runs = "".join(
        f"M{run.start() + quiet} {row + quiet}h{run.end() - run.start()}v1h-{run.end() - run.start()}z"
        for row, modules in enumerate(symbol.rows)
        for run in re.finditer("1+", modules)
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
    return f'{head}<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{runs}"/></svg>\n'.encode()


def png(symbol: Symbol, *, module: int = 8, quiet: int = QUIET_MODULES) -> bytes:
    """A black and white PNG, so many pixels a module and so many light modules around."""
    side = symbol.side
    modules = Image.frombytes("1", (side, side), symbol.packed, "raw", "1;I")
    picture = Image.new("1", (side + 2 * quiet, side + 2 * quiet), 1)
    picture.paste(modules, (quiet, quiet))
    out = io.BytesIO()
    picture.resize((picture.width * module, picture.height * module), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
