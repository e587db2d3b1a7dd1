"""The house's walls: foreign keys point down, like the imports."""

from django.apps import apps

# The one name that the settings give: who acts is recorded even by the leaf.
USER = "accounts.User"
ORDER = ["core", "accounts", "grids", "complaints", "campaign", "reporting", "config"]


def test_foreign_keys_point_only_to_the_same_app_or_a_lower_one():
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in ORDER
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and field.related_model._meta.label != USER
        and field.related_model._meta.app_label in ORDER
        and ORDER.index(field.related_model._meta.app_label) > ORDER.index(model._meta.app_label)
    ]
    assert upward == []


def test_core_models_know_no_app_above_them():
    foreign = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_app_config("core").get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model._meta.label != USER
        and field.related_model._meta.app_label not in {"core", "contenttypes"}
    ]
    assert foreign == []
