"""Of a style sheet pages load what they can use: nothing that they name is left out."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "config"))
import slim_styles  # noqa: E402 (a plain script beside the bootstrap, not a module of the project)


def test_rules_stay_whose_classes_stand_in_a_template():
    css = (
        '/*! The notice. */@charset "UTF-8";:root{--a:1}/* gone */h1,.card-body{margin:0}'
        ".unused,.btn-ghost:hover,.btn-primary{color:red}.unused{color:blue}"
        "@media (min-width:1px){.unused{a:b}.card-body .unused,.card-body>p{c:d}}"
        "@media print{.unused{a:b}}@keyframes spin{from{a:b}to{c:d}}.d\\:none{a:b}"
    )
    # "btn-" begins a class that a template puts together.
    known = {"card-body", "btn-", "btn", "d"}
    assert slim_styles.slim(css, known) == (
        '/*! The notice. */\n@charset "UTF-8";:root{--a:1}h1,.card-body{margin:0}'
        ".btn-ghost:hover,.btn-primary{color:red}"
        "@media (min-width:1px){.card-body>p{c:d}}@keyframes spin{from{a:b}to{c:d}}"
    )


def test_every_class_that_templates_write_out_is_known():
    known = slim_styles.words(slim_styles.sources(ROOT))
    assert {"card", "btn-primary", "panel-rows", "visually-hidden"} <= known
