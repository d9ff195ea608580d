"""What posters and other papers say, out of what the town decided: the desk and the command line print the same."""

from cardservice import fingerprint
from cardservice.domain.partners import Partner
from cardservice.printing.poster_page import PosterFace
from cardservice.printing.print_out import PrintOutFace
from cardservice.settings import Settings
from cardservice.web import decided, languages, leaflet_papers


def face(settings: Settings, anchor: str, partner: Partner | None) -> PosterFace:
    """A poster for a partner, or for anybody. `anchor`: the fingerprint, 64 hexadecimal digits."""
    town, languages = settings.town, settings.town.languages
    listed = [language for language in ("en", *languages) if language in fingerprint.LANGUAGES]
    return PosterFace(
        town=town.name,
        names=dict(town.names),
        partner=partner.name if partner else None,
        services=partner.checks.services if partner else frozenset(),
        code=partner.checks.code if partner else None,
        reason=partner.checks.reason if partner else None,
        languages=languages,
        address=settings.kit_address,
        fingerprint=anchor,
        words={language: fingerprint.words(anchor, language) for language in listed},
        colour=settings.printing.colour,
        sample=town.training,
    )


def print_out_face(settings: Settings) -> PrintOutFace:
    """What the leaflet and the sheets say of a town. Raises CrestRefused."""
    policy, own = decided.policy(settings), {paper.kind: paper.names for paper in settings.evidence.paper}
    return PrintOutFace(
        town=settings.town.name,
        names=dict(settings.town.names),
        colour=settings.printing.colour,
        crest=decided.crest(settings),
        lost_page=settings.lost_address,
        papers={language: leaflet_papers.listed(policy, own, language) for language in languages.LANGUAGES},
    )
