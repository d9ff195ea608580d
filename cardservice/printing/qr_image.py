"""A code as modules and as a picture: the smallest symbol, alphanumeric, error correction M, quiet zone of four.

On paper a code is drawn by paper.py in whole printer dots; how many dots a module, and where, is layout's decision.
The encoding itself is qr_encoder.py's.
"""

import io
import re
from dataclasses import dataclass

from PIL import Image
from qrcode import constants
from qrcode.main import QRCode

from cardservice.printing import qr_encoder

QUIET_MODULES = 4


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol without its quiet zone: rows of "0" (light) and "1" (dark), from the top."""

    version: int
    rows: tuple[str, ...]

    def packed(self) -> bytes:
        """One bit a module, 1 for dark, each row filled up to whole bytes."""
        width = (len(self.rows) + 7) // 8
        fill = "0" * (width * 8 - len(self.rows))
        return int(fill.join(self.rows) + fill, 2).to_bytes(width * len(self.rows), "big")


def symbol(text: str) -> Symbol:
    """The smallest symbol for a QR text. Raises ValueError for characters outside Base45, TooLongForQr."""
    if not text or not set(text) <= set(qr_encoder.ALPHABET):
        raise ValueError("A code holds capital letters, digits and $%*+-./: and space only.")
    version, rows = qr_encoder.encode(text)
    return Symbol(version, rows)


def link(address: str) -> Symbol:
    """The smallest symbol for a web address, which has small letters: `qrcode`'s own, at error correction M."""
    code = QRCode(error_correction=constants.ERROR_CORRECT_M, border=0)
    code.add_data(address)
    code.make(fit=True)
    rows = tuple("".join("1" if dark else "0" for dark in row) for row in code.get_matrix())
    return Symbol(code.version, rows)


def svg(symbol: Symbol, *, quiet: int = QUIET_MODULES) -> bytes:
    """An SVG of one unit a module: light ground, and one rectangle for every run of dark modules in a row."""
    side = len(symbol.rows) + 2 * quiet
    runs = "".join(
        f"M{run.start() + quiet} {row + quiet}h{run.end() - run.start()}v1h-{run.end() - run.start()}z"
        for row, modules in enumerate(symbol.rows)
        for run in re.finditer("1+", modules)
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
    return f'{head}<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{runs}"/></svg>\n'.encode()


def png(symbol: Symbol, *, module: int = 8, quiet: int = QUIET_MODULES) -> bytes:
    """A black and white PNG, so many pixels a module and so many light modules around."""
    side = len(symbol.rows)
    modules = Image.frombytes("1", (side, side), symbol.packed(), "raw", "1;I")
    picture = Image.new("1", (side + 2 * quiet, side + 2 * quiet), 1)
    picture.paste(modules, (quiet, quiet))
    out = io.BytesIO()
    picture.resize((picture.width * module, picture.height * module), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
