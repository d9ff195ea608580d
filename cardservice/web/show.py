"""What every template can use: words of codes, dates as people write them, grouped card numbers, a role's menu."""

from babel.lists import format_list
from flask import Flask, current_app
from flask_babel import LazyString, get_locale, gettext
from flask_babel import lazy_gettext as _

from cardservice.domain import card_numbers
from cardservice.terms import (
    CardCode,
    CardState,
    DraftState,
    IdentityReason,
    JobState,
    PrintState,
    Service,
    StaffRole,
)
from cardservice.web import access, dates, desk, interpreter_languages, languages, printers, words

_MENU: tuple[tuple[str, LazyString], ...] = (
    ("start.today", _("Today")),
    ("evidence.new", _("Register")),
    ("renewal.renew", _("Renew")),
    ("print_queue.show", _("Print")),
    ("read_back.scan", _("Hand over")),
    ("cards.find", _("Find")),
    ("blank_stock.show", _("Blank cards")),
    ("overview.show", _("Numbers")),
    ("partners.show", _("Partners")),
    ("publication.show", _("Publish")),
    ("key_rotation.show", _("Keys")),
    ("staff.show", _("Staff")),
    ("audit.show", _("Audit")),
    ("holdings.show", _("What we hold")),
)


# From here somebody else is served (interpreter_languages.py).
_ANEW = frozenset({"evidence.new", "renewal.renew", "cards.find"})


def _on_every_page() -> dict[str, object]:
    settings = desk.settings()
    return {
        "town": town_name(),
        "training": settings.town.training,
        "gone_after": settings.desk.idle_minutes * 60,
        "applicant": interpreter_languages.chosen() or "",
    }


def _menu_of(role: StaffRole) -> list[tuple[str, dict[str, str], LazyString]]:
    """Where a role's menu leads: endpoints, what their addresses say beside it, and the words."""
    views = current_app.view_functions
    return [
        (name, {"anew": ""} if name in _ANEW else {}, label)
        for name, label in _MENU
        if role in (access.roles_of(views[name]) or ())
    ]


def install(app: Flask) -> None:
    """Give the templates of `app` their words."""

    app.jinja_env.globals.update(menu_of=_menu_of, batch_days=lambda: desk.settings().desk.batch_days)
    app.context_processor(_on_every_page)
    app.jinja_env.filters.update(
        merge=lambda first, second: {**first, **second},
        zip=zip,
        grouped=card_numbers.grouped,
        short_language=languages.short_code,
        language_name=languages.language_name,
        role_words=lambda role: words.ROLES[StaffRole(role)],
        state_words=lambda state: words.CARD_STATES[CardState(state)],
        kind_of_state=lambda state: words.KINDS_OF_STATE[CardState(state)],
        draft_words=lambda state: words.DRAFT_STATES[DraftState(state)],
        key_purpose=lambda purpose: words.KEY_PURPOSES[str(purpose)],
        key_state=lambda state: words.KEY_STATES[str(state)],
        kind_of_key_state=lambda state: words.KINDS_OF_KEY_STATE[str(state)],
        service_words=lambda service: words.SERVICES[Service(service)],
        print_words=lambda state: words.PRINT_STATES[None if state is None else PrintState(state)],
        printer_words=printer_words,
        blank_words=blank_words,
        job_words=lambda state: words.JOB_STATES[JobState(state)],
        code_words=lambda code: words.CARD_CODES[CardCode(code)],
        reason_words=lambda reason: words.IDENTITY_REASONS[IdentityReason(reason)],
        in_groups=in_groups,
        listed=lambda words: format_list(list(words), locale=get_locale()),
        translated=gettext,
        month_or_day=dates.month_or_day,
        day=dates.day,
        month=dates.month,
        birth_date=dates.birth_date,
        moment=dates.moment,
    )


def town_name() -> str:
    """The town in the language of the page, else as it writes itself."""
    town = desk.settings().town
    return town.names.get(str(get_locale()), town.name)


def in_groups(digits: str) -> str:
    """A long row of digits in groups of four, so that two people can compare it."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def printer_words(name: str) -> str:
    """A way to print: what it prints on, and whether it prints by itself. `name` as in printers.py."""
    try:
        printer = printers.named(desk.settings(), name)
    except printers.NoSuchPrinter:
        return name
    if not printer.of_town:
        return str(words.PAPERS[printer.medium.name])
    if printer.queue:
        return str(gettext("%(name)s, prints by itself", name=printer.called))
    return str(gettext("%(name)s, as PDF", name=printer.called))


def blank_words(name: str) -> str:
    """A kind of blank."""
    return str(words.BLANKS.get(name) or gettext("Sheets: %(name)s", name=name))
