"""Forms of pages: each field with its label, help and errors, and a summary of the errors."""

from __future__ import annotations

from django import forms
from django.forms.renderers import TemplatesSetting


class PageRenderer(TemplatesSetting):
    """`templates/forms/`, tied together for screen readers."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class PageForm(forms.Form):
    """A form of a page. Mixed in before Django's own forms: `class F(PageForm, AuthForm)`."""

    default_renderer = PageRenderer
