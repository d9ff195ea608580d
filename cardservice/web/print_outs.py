"""Papers to print for residents and for the desk's own people, in five languages: a page with all of them.

They are made of the town's name, colour and crest alone. What hangs at a partner's counter is on partners.py's page.
"""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from cardservice.printing import desk_sheet, leaflet, leaflet_wording
from cardservice.printing.print_out import PrintOut, PrintOutFace
from cardservice.terms import StaffRole
from cardservice.web import desk, languages, posters
from cardservice.web.access import requires
from cardservice.web.pace import costly

bp = Blueprint("print_outs", __name__, url_prefix="/print-outs")

KINDS = {kind.value: kind for kind in PrintOut}


def pdf(of: PrintOutFace, kind: PrintOut, language: str) -> bytes:
    """One of the papers in one language. Raises UnknownLanguage, UnreadableColour, MissingGlyph and DoesNotFit."""
    return leaflet.pdf(of, language) if kind is PrintOut.RESIDENT else desk_sheet.pdf(of, kind, language)


@bp.get("")
@requires(*StaffRole)
def show() -> ResponseReturnValue:
    """Every paper in every language."""
    spoken = {code: languages.LANGUAGES.get(code, code) for code in leaflet_wording.WORDS}
    return render_template("print_outs/print_outs.html", kinds=PrintOut, spoken=spoken)


@bp.get("/<string:paper>-<string(length=2):paper_language>.pdf")
@requires(*StaffRole)
@costly
def paper_pdf(paper: str, paper_language: str) -> Response:
    """One of them."""
    if paper not in KINDS or paper_language not in leaflet_wording.WORDS:
        raise NotFound
    made = pdf(posters.print_out_face(desk.settings()), KINDS[paper], paper_language)
    shown = {"Content-Disposition": f'inline; filename="{paper}-{paper_language}.pdf"'}
    return Response(made, mimetype="application/pdf", headers=shown)
