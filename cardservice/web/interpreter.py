"""The screen turned to the person at the counter: one question at a time in their language, the clerk's beside it.

These pages open in a window of their own, so that nothing that is half typed is left. They know nothing of anybody:
what is asked is the same for everyone (interpreter_words.py), and what is pointed at is neither sent nor kept.
"""

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cardservice.domain.evidence import Paper
from cardservice.web import bring, complaints, counting, decided, desk, interpreter_languages, interpreter_words
from cardservice.web.access import requires
from cardservice.web.evidence_sentences import COMPLAIN
from cardservice.web.interpreter_languages import Both, both
from cardservice.web.interpreter_words import QUESTIONS, Papers, Question, Step
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("interpreter", __name__, url_prefix="/interpreter")

STEPS: dict[Step, LazyString] = {
    Step.PAPERS: _("The papers"),
    Step.ANSWERS: _("The answers"),
    Step.PHOTO: _("The photo"),
    Step.CHECK: _("Checking together"),
    Step.CARD: _("Card and slip"),
    Step.AFTERWARDS: _("What is kept, and a lost card"),
    Step.BOTH: _("Between the two of you"),
}


@bp.get("")
@requires(*DESK_ROLES)
def choose() -> ResponseReturnValue:
    """Every language under its own name, to be pointed at (`?then=`: the question that is shown next)."""
    then = request.args.get("then", "")
    return _choose(then if then in QUESTIONS else next(iter(QUESTIONS)))


@bp.get("/<string:name>")
@requires(*DESK_ROLES)
def ask(name: str) -> ResponseReturnValue:
    """One question. A language that was pointed to (`?language=`) is remembered and leaves the address at once.

    So no history and no page that is loaded again brings it back when it is forgotten.
    """
    if name not in QUESTIONS:
        abort(404)
    if pointed_to := interpreter_languages.pointed_to():
        interpreter_languages.remember(pointed_to)
        return redirect(request.path)
    language = interpreter_languages.chosen()
    if language is None:
        return _choose(name)
    names, notes = list(QUESTIONS), QUESTIONS[name].notes
    at = names.index(name)
    return render_template(
        "interpreter/question.html",
        name=name,
        question=both(QUESTIONS[name].asked, language),
        notes=[complaints.both(language) if words is COMPLAIN else both(words, language) for words in notes],
        answers=_answers(QUESTIONS[name], language),
        always=[both(words, language) for words in QUESTIONS[name].always],
        before=names[at - 1] if at else None,
        after=names[at + 1] if at + 1 < len(names) else None,
        questions=QUESTIONS,
        steps=STEPS,
        of_step=interpreter_words.of_step,
        **_spoken(language),
    )


@bp.post("/what-to-bring")
@requires(*DESK_ROLES)
def what_to_bring() -> ResponseReturnValue:
    """What is missing and which papers would do, for what is ticked on the papers' page (`?draft=`).

    Nothing is written down by it, and the page that was sent stays as it is: this one opens in the other window.
    """
    asked = request.form.get("language", "")
    if asked not in interpreter_languages.LANGUAGES:
        asked = interpreter_languages.chosen() or interpreter_languages.here()
    interpreter_languages.remember(asked)
    return render_template("interpreter/bring.html", bring=bring.sheet(counting.of_request(), asked), **_spoken(asked))


def _spoken(language: str) -> dict[str, object]:
    """What a page says of the language that it speaks."""
    return {
        "spoken": language,
        "own_name": interpreter_languages.LANGUAGES[language],
        "called": interpreter_languages.called(language),
        "is_read": interpreter_languages.is_read(language),
    }


def _choose(then: str) -> str:
    return render_template(
        "interpreter/choose.html",
        then=then,
        offered=[
            (code, name, interpreter_languages.called(code)) for code, name in interpreter_languages.LANGUAGES.items()
        ],
    )


def _answers(question: Question, language: str) -> list[Both]:
    if question.papers is None:
        return [both(words, language) for words in question.answers]
    policy = decided.policy(desk.settings())
    here = interpreter_languages.here()
    return [
        Both(interpreter_languages.paper(one.kind, language), interpreter_languages.paper(one.kind, here))
        for one in policy.papers
        if _shows(one) is question.papers
    ]


def _shows(paper: Paper) -> Papers:
    """On which side of the papers' page a kind stands (templates/evidence/papers.html)."""
    return Papers.IDENTITY if paper.identity or not paper.residency else Papers.RESIDENCY
