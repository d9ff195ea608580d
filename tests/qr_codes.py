"""What a reader that we did not write finds on a picture (zxing-cpp)."""

from typing import Any

import zxingcpp

_QR = zxingcpp.BarcodeFormat.QRCode


def qr_codes(picture: Any) -> list[zxingcpp.Barcode]:
    """The QR codes on a picture. Among all kinds of codes a line code is seen by chance in one of ours at times."""
    return zxingcpp.read_barcodes(picture, formats=_QR)
