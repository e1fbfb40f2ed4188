"""Forms of pages: each field with its label, help and errors, and a summary of the errors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting

FILL_IN = "Please fill this in."
CHOOSE = "Please choose one."


class PageRenderer(TemplatesSetting):
    """`templates/forms/`, tied together for screen readers."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class PageForm(forms.Form):
    """A form of a page. Mixed in before Django's own forms: `class F(PageForm, AuthForm)`."""

    default_renderer = PageRenderer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.error_messages["required"] = CHOOSE if is_choice else FILL_IN
