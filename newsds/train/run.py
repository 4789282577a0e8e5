"""Labelled pages in, weights out: fit, cross-validate, calibrate, and write down what it was all made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np

from newsds.assemble import assemble
from newsds.errors import SourceError
from newsds.model import Blocks, Decoded, Kind, Labels, Page, Role
from newsds.pipeline import page_blocks
from newsds.segment.confidence import FIELDS, fit_curve, surprises
from newsds.segment.context import ROLES, probabilities
from newsds.segment.forest import Scores
from newsds.segment.labelling import label_scored
from newsds.segment.table import Table
from newsds.segment.weights import Curve, Weights, WeightsFile, dump
from newsds.train.align import align
from newsds.train.calibration import expected_calibration_error
from newsds.train.examples import in_other_layouts, shortened, stretch, without_article
from newsds.train.fit import KINDS, Example, Fitted, Settings, fit
from newsds.train.folds import share_of
from newsds.train.labels import LabelledPage
from newsds.train.pages import LabelledSource, labelled_pages
from newsds.train.score import Figures, PageScore, figures, score, table

_LAYOUTS: Final = 1
"""Text pages that are made of the content of each labelled page."""
_LAYOUT_WEIGHT: Final = 0.2
"""Of each: enough to teach what real pages hardly show; more, and heads of drawn pages pass for those of real ones."""
_STYLES: Final = 2
"""Dump styles of each page that are fitted to."""
_STYLE_WEIGHT: Final = 0.6
"""Of a page that is there in several, in each."""
_TYPICAL: Final = 150
"""Blocks of a page that weigh what its style says; those of others weigh by the root of how many there are."""
_LIGHTEST: Final = 0.6
_HEAVIEST: Final = 3.0
_LISTING_WEIGHT: Final = 0.5
_SHORT_WEIGHT: Final = 1.0
"""Of a page that was cut short; it has few blocks."""
_STRETCH_WEIGHT: Final = 0.2
"""Of a short listing."""
_BODY_RIGHT: Final = 0.95
"""Word F1 from which a body counts as right."""
_LIST_RIGHT: Final = 0.9
"""F1 from which a list of recommendations does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What came of it."""

    weights: WeightsFile
    figures: Mapping[str, Figures]
    """set of pages → cross-validated figures"""
    calibration: Mapping[str, Mapping[str, float]]
    """kind → field of `Confidence` → expected calibration error, cross-validated"""

    def __str__(self) -> str:
        lines = [table(self.figures), "", "expected calibration error of the confidences"]
        for kind, errors in self.calibration.items():
            lines.append(f"  {kind}: " + ", ".join(f"{field} {error:.3f}" for field, error in errors.items()))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Labelled:
    """A labelled page, and where it counts."""

    example: Example
    label: LabelledPage | None
    """None: a page that was made without an article"""
    group: str
    """name of its row in the table of figures"""


def train(
    labels: Sequence[Path],
    *,
    html: Settings | None = None,
    text: Settings | None = None,
    layouts: int = _LAYOUTS,
    share: float = 1.0,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> Trained:
    """Fit the segmenter's weights from labelled pages; the same pages give the same weights.

    Args:
        labels: JSON-lines files of labels with their pages beside them, or folders of `ID.txt` and `ID.json`.
        html: how the trees for HTML grow.
        text: how those for text dumps grow.
        layouts: text pages that are made of the content of each labelled page, in layouts drawn at random.
        share: of the publishers whose pages are fitted to, more than 0. The figures are of all pages, so what they are
            for several shares is a learning curve.
        workers: processes; with two, HTML and text are fitted side by side. It changes nothing else.
        tell: is told what is being done, a line at a time; nothing where there are several processes.

    Returns:
        The weights, which `newsds.segment.weights.dump` writes, and cross-validated figures: of each page by forests
        that were fitted without any page of its publisher.

    Raises:
        SourceError: there are no labelled pages of a kind, or none of a second publisher.
    """
    settings: dict[Kind, Settings] = {"html": html or Settings(), "text": text or TEXT}
    fit_kind = partial(_fit_kind, labels, layouts=layouts, share=share)
    if workers > 1:
        with ProcessPoolExecutor(len(KINDS), mp_context=get_context("spawn")) as pool:
            running = [pool.submit(fit_kind, kind, settings[kind]) for kind in KINDS]
            parts = [future.result() for future in running]
    else:
        parts = [fit_kind(kind, settings[kind], tell=tell) for kind in KINDS]
    found = {group: of for _, by_group, _ in parts for group, of in by_group.items()}
    errors: dict[str, Mapping[str, float]] = {kind: of for kind, (_, _, of) in zip(KINDS, parts, strict=True)}
    provenance = _provenance(_sources(labels), settings, layouts, found, errors)
    if share < 1:
        provenance["data"]["share"] = share
    kinds = {kind: weights for kind, (weights, _, _) in zip(KINDS, parts, strict=True)}
    return Trained(weights=WeightsFile(kinds=kinds, provenance=provenance), figures=found, calibration=errors)


def _sources(labels: Sequence[Path]) -> list[LabelledSource]:
    return [source for path in labels for source in labelled_pages(path)]


def _fit_kind(
    labels: Sequence[Path],
    kind: Kind,
    settings: Settings,
    *,
    layouts: int,
    share: float,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Weights, Mapping[str, Figures], Mapping[str, float]]:
    """Fit the weights for pages of one kind; return them with figures and calibration errors."""
    pages = _labelled(_sources(labels), kind, settings, layouts)
    if share < 1:
        pages = [page if share_of(page.example.publisher) < share else _unfitted(page) for page in pages]
    if not any(p.example.judged for p in pages):
        raise SourceError(f"no labelled {kind} page in {', '.join(map(str, labels))}", "add some: both are fitted")
    if len({p.example.fold for p in pages if p.example.weight}) < 2:
        raise SourceError(
            f"the labelled {kind} pages are all of one publisher, or of too few to judge by",
            "add pages of other publishers",
        )
    tell(f"{kind}: {len(pages)} pages")
    return finish(pages, fit([p.example for p in pages], settings, tell), settings.folds)


def _unfitted(page: _Labelled) -> _Labelled:
    return replace(page, example=replace(page.example, weight=0.0))


TEXT: Final = Settings(first_trees=80, first_rate=0.25, second_trees=180, second_rate=0.13, columns=0.12)
"""How trees for text grow: there are more blocks and fewer features."""


def write(trained: Trained, path: Path) -> None:
    """Write the weights to a file."""
    with path.open("wb") as file:
        dump(trained.weights, file)


def _labelled(sources: Sequence[LabelledSource], kind: Kind, settings: Settings, layouts: int) -> list[_Labelled]:
    out = []
    of_id: dict[str, list[str]] = {}
    for source in sources:
        if source.kind == kind:
            of_id.setdefault(source.id, []).append(source.style)
    for number, (id_, styles) in enumerate(of_id.items()):
        # the dumps of one page are much alike: each is fitted to in a few styles, all in turn, and judged in all
        of_id[id_] = [styles[(number + i * (len(styles) // _STYLES)) % len(styles)] for i in range(_STYLES)]
    for source in sources:
        if source.kind != kind:
            continue
        _, blocks = page_blocks(Page(content=source.content), kind)
        if not len(blocks):
            continue
        roles = align(blocks, source.page)
        fold = source.page.fold(settings.folds)
        chosen = of_id[source.id]
        weight = (_STYLE_WEIGHT if len(set(chosen)) > 1 else 1.0) if source.style in chosen else 0.0
        # figures are of pages: the blocks of a short one weigh more
        weight *= min(max((_TYPICAL / len(blocks)) ** 0.5, _LIGHTEST), _HEAVIEST)
        name = f"{source.id} {source.style}"
        example = Example(
            id=name, fold=fold, blocks=blocks, roles=roles, publisher=source.page.publisher, weight=weight
        )
        group = f"{kind} {source.style}" if source.style != kind else kind
        out.append(_Labelled(example=example, label=source.page, group=group))
        left = without_article(blocks, roles) if source.style == chosen[0] else None
        if left is not None:
            listing = Example(
                id=name + " without article",
                fold=fold,
                blocks=left[0],
                roles=left[1],
                publisher=source.page.publisher,
                weight=weight * _LISTING_WEIGHT,
                judged=False,
            )
            out.append(_Labelled(example=listing, label=None, group=f"{kind} without article"))
        if source.style == chosen[0]:
            out += _cut(example, source.id, left)
    if kind == "text" and layouts:
        pages = list({s.page.id: s.page for s in sources}.values())
        for example in in_other_layouts(pages, settings.folds, layouts, _LAYOUT_WEIGHT):
            out.append(_Labelled(example=example, label=None, group=""))
            out += _cut(example, example.id, None)
    return out


def _cut(example: Example, seed: str, listing: tuple[Blocks, Sequence[Role | None]] | None) -> Iterator[_Labelled]:
    """Yield short pages made of one: with its article, and without."""
    short = shortened(example.blocks, example.roles, seed), listing and stretch(*listing, seed)
    for what, page, weight in zip(("shortened", "stretch"), short, (_SHORT_WEIGHT, _STRETCH_WEIGHT), strict=True):
        if page is not None:
            made = replace(
                example, id=f"{example.id} {what}", blocks=page[0], roles=page[1], weight=weight, judged=False
            )
            yield _Labelled(example=made, label=None, group="")


def finish(
    pages: Sequence[_Labelled], fitted: Fitted, folds: int
) -> tuple[Weights, Mapping[str, Figures], Mapping[str, float]]:
    """Fit the curves of confidence to what the forests said of pages not seen; return figures of that too."""
    curves, by_group, errors = _calibrated(pages, fitted.scores, folds)
    return Weights(first=fitted.first, second=fitted.second, curves=curves), by_group, errors


def _judge(page: _Labelled, table: Table, scores: Scores) -> tuple[Labels, PageScore]:
    """Return what scores make of a page, and how that compares with its labels; without any, it has no article."""
    blocks = page.example.blocks
    decoded = Decoded(text=blocks.page, charset="utf-8", charset_source="utf-8", replaced_chars=0, flags=())
    labels = label_scored(table, scores, {})[0]
    article = assemble(Page(content=b""), decoded, blocks, labels)
    return labels, score(article, page.label or LabelledPage(id=page.example.id))


def _calibrated(
    pages: Sequence[_Labelled], scores: Sequence[Scores], folds: int
) -> tuple[Mapping[str, Curve], Mapping[str, Figures], Mapping[str, float]]:
    """Fit the curves of confidence to what was said of pages not seen; return figures and calibration errors too."""
    raw: dict[str, list[float]] = {field: [] for field in ("page", *FIELDS)}
    right: dict[str, list[bool]] = {field: [] for field in raw}
    fold: dict[str, list[int]] = {field: [] for field in raw}
    by_group: dict[str, list[PageScore]] = {}
    for page, of_page in zip(pages, scores, strict=True):
        if not page.group:
            continue
        seen = Table([page.example.blocks])
        labels, counts = _judge(page, seen, of_page)
        judged = {"page": page.label is not None and bool(page.label.body)}
        if page.label is None:
            counts = PageScore(no_article=counts.no_article)
        else:
            judged |= _right(counts)
        by_group.setdefault(page.group, []).append(counts)
        roles = np.array([ROLES.index(r) for r in labels.roles])
        found = surprises(probabilities(of_page), roles, seen.words.tenths, seen.pages)
        for field, is_right in judged.items():
            raw[field].append(float(found[field][0]))
            right[field].append(is_right)
            fold[field].append(page.example.fold % folds)
    curves: dict[str, Curve] = {}
    errors: dict[str, float] = {}
    for field in raw:
        if not raw[field]:  # nobody labelled it
            continue
        x, y, k = np.array(raw[field]), np.array(right[field]), np.array(fold[field])
        rising = field == "page"
        curves[field] = fit_curve(x, y, rising=rising)
        said = np.zeros(len(x))
        for at in range(folds):  # a curve is judged on pages it was not fitted to
            if (k == at).any() and (k != at).any():
                said[k == at] = np.interp(x[k == at], *fit_curve(x[k != at], y[k != at], rising=rising))
        errors[field] = expected_calibration_error(said, y)
    return curves, {group: figures(s) for group, s in sorted(by_group.items())}, errors


def _right(counts: PageScore) -> Mapping[str, bool]:
    """Say of each field whether it is right, where that is known."""
    of: dict[str, bool] = {}
    if counts.title is not None:
        of["title"] = counts.title.right
    if counts.body is not None:
        of["body"] = counts.body.f1 >= _BODY_RIGHT
    if counts.tags is not None:
        of["tags"] = counts.tags.right
    if counts.neighbours is not None:
        of["neighbours"] = counts.neighbours.right
    if counts.recommendations is not None:
        of["recommendations"] = counts.recommendations.f1 >= _LIST_RIGHT
    return of


def _provenance(
    sources: Sequence[LabelledSource],
    settings: Mapping[Kind, Settings],
    layouts: int,
    found: Mapping[str, Figures],
    errors: Mapping[str, Mapping[str, float]],
) -> dict[str, Any]:
    """Return what the weights were made from; nothing in it depends on when or where."""
    digest = hashlib.sha256()
    for source in sorted(sources, key=lambda s: (s.id, s.kind, s.style)):
        label = json.dumps(asdict(source.page), sort_keys=True, default=sorted)  # a set has no order
        for part in (source.id, source.kind, source.style, label):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
        digest.update(hashlib.sha256(source.content).digest())
    return {
        "data": {
            "sha256": digest.hexdigest(),
            "pages": {kind: sum(s.kind == kind for s in sources) for kind in KINDS},
            "publishers": len({s.page.publisher for s in sources}),
            "layouts": layouts,
        },
        "settings": {kind: asdict(s) for kind, s in settings.items()},
        "made_with": {"catboost": version("catboost"), "numpy": np.__version__},
        "cross_validated": {
            group: {
                name: {"precision": round(f.precision, 4), "recall": round(f.recall, 4), "f1": round(f.f1, 4)}
                for name, f in of.items()
            }
            for group, of in found.items()
        },
        "calibration_error": {
            kind: {field: round(error, 4) for field, error in of.items()} for kind, of in errors.items()
        },
    }
