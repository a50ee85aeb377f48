"""The script editor: the list, one script with its preview, its versions."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.models import Customer
from followups.forms import ScriptForm
from followups.models import Script
from followups.placeholders import MEANINGS, known_for
from followups.reading.script_preview import LOCALES, offers, preview
from followups.reading.scripts import RECENT_DAYS, changes_between, script_areas, script_versions
from followups.rules import BY_CODE
from followups.scripts import PLACEHOLDERS
from followups.services.scripts import (
    ScriptMoved,
    check_text,
    current_script,
    reset_script,
    save_script,
    shipped_texts,
    texts_of,
    use_again,
)
from followups.views.decisions import own_store

# The preview shows a customer's file: who may not see customers writes no scripts.
RIGHTS = ("followups.manage_queue", "customers.view_customer")


def rule_or_404(code):
    if code not in BY_CODE:
        raise Http404
    return BY_CODE[code]


@require_safe
@permission_required("followups.manage_queue", raise_exception=True)
def scripts(request):
    context = {"areas": script_areas(own_store(request), timezone.localtime()), "days": RECENT_DAYS}
    return render(request, "followups/scripts.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(RIGHTS, raise_exception=True)
def script(request, rule):
    store, rule = own_store(request), rule_or_404(rule)
    held = current_script(store, rule.code)
    start = {"base": held.number if held else 0}
    if held:
        start |= {f"body_{language}": text for language, text in texts_of(held).items()}
    form = ScriptForm(request.POST or None, initial=start)
    if request.method == "POST" and "look" not in request.POST and form.is_valid():
        values = {"base": form.cleaned_data["base"], "note": form.cleaned_data["note"]}
        try:
            saved = save_script(store, rule.code, form.texts, by=request.user, now=timezone.now(), **values)
            return _saved(request, saved)
        except ScriptMoved as moved:
            form.rebased(moved.script.number)
            return _editor(request, rule, moved.script, form, moved=moved.script)
        except ValidationError as fault:
            form.blame(fault)
    return _editor(request, rule, held, form)


def _saved(request, script):
    if script:
        words = _("Saved as version %(number)s. The desk shows it from the next card on.")
        messages.success(request, words % {"number": script.number})
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("followups:scripts")


def _editor(request, rule, held, form, *, moved=None):
    now = timezone.localtime()
    texts = {name: form[f"body_{name}"].value() or "" for name in ("zh", "en")}
    context = {"rule": rule, "script": held, "form": form, "groups": _placeholders(rule), "moved": moved}
    context |= {"offers": offers(request.user, rule, now), "is_shipped": texts == shipped_texts(rule.code)}
    if moved is not None:
        typed = Script(body_zh=texts["zh"], body_en=texts["en"])
        context["theirs_zh"], context["theirs_en"] = changes_between(moved, typed)
    context |= _tried(request, rule, texts, now, context["offers"])
    return render(request, "followups/script.html", context)


def _placeholders(rule):
    """(whether the topic fills them, [(word, label, meaning)]): those it fills first."""
    known = known_for(rule)
    rows = [(word, label, MEANINGS[word]) for word, label in PLACEHOLDERS.items()]
    return [(fits, [row for row in rows if (row[0] in known) == fits]) for fits in (True, False)]


@require_POST
@permission_required(RIGHTS, raise_exception=True)
def script_preview(request, rule):
    """What is typed, checked and with the chosen customer; nothing is saved."""
    own_store(request)
    rule, now = rule_or_404(rule), timezone.localtime()
    texts = {name: request.POST.get(f"body_{name}", "") for name in ("zh", "en")}
    return render(request, "followups/_script_preview.html", _tried(request, rule, texts, now))


def _tried(request, rule, texts, now, offered=()):
    """Context of the preview: `faults` by language; `shown` and `as_desk` where a customer is chosen (else the first offered)."""
    language = request.POST.get("lang") if request.POST.get("lang") in LOCALES else _reader(request)
    faults = [(name, fault) for name, text in texts.items() for fault in check_text(rule, text, name)]
    context = {"faults": faults, "language": language, "shown": None, "chosen": None}
    wanted = request.POST.get("customer", "")
    chosen = wanted if wanted.isascii() and wanted.isdigit() else next((offer.pk for offer in offered), None)
    customer = Customer.objects.visible_to(request.user).alive().filter(pk=chosen).first() if chosen else None
    if customer is None:
        return context
    held = current_script(request.user.store, rule.code)
    script = Script(rule=rule.code, body_zh=texts["zh"], body_en=texts["en"], version=held.version if held else None)
    shown = preview(rule, script, customer, request.user, now, language=language)
    with override(LOCALES[language]):
        as_desk = render_to_string("followups/_script_as_desk.html", {"shown": shown}) if shown.topic else ""
    return context | {"shown": shown, "as_desk": as_desk, "chosen": customer.pk}


def _reader(request) -> str:
    return "en" if (request.LANGUAGE_CODE or "").startswith("en") else "zh"


@require_safe
@permission_required(RIGHTS, raise_exception=True)
def script_customers(request, rule):
    """Customers to try the script with: found by what is typed, else those for whom it is due."""
    own_store(request)
    text, rule = request.GET.get("q", ""), rule_or_404(rule)
    found = offers(request.user, rule, timezone.localtime(), text)
    return render(request, "followups/_script_customers.html", {"offers": found, "text": text.strip(), "rule": rule})


@require_safe
@permission_required("followups.manage_queue", raise_exception=True)
def script_history(request, rule):
    rule = rule_or_404(rule)
    rows, following = script_versions(own_store(request), rule.code, request.GET.get("after", ""))
    return render(request, "followups/script_versions.html", {"rule": rule, "rows": rows, "next": following})


@require_POST
@permission_required("followups.manage_queue", raise_exception=True)
def script_again(request, pk):
    script = get_object_or_404(Script.objects.filter(store=own_store(request)).select_related("store"), pk=pk)
    if script.rule not in BY_CODE:
        raise Http404
    return _taken_back(request, script.rule, lambda: use_again(script, by=request.user, now=timezone.now()))


@require_POST
@permission_required("followups.manage_queue", raise_exception=True)
def script_reset(request, rule):
    store, code = own_store(request), rule_or_404(rule).code
    return _taken_back(request, code, lambda: reset_script(store, code, by=request.user, now=timezone.now()))


def _taken_back(request, rule, deed):
    try:
        script = deed()
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    else:
        if script:
            messages.success(request, _("Version %(number)s holds now.") % {"number": script.number})
        else:
            messages.info(request, _("Nothing was changed."))
    return redirect("followups:script_history", rule=rule)
