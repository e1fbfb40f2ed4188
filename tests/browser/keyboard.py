"""Doing everything as someone without a mouse does."""

import pytest
from playwright.sync_api import Locator, Page

MOST_TABS = 60


def tab_to(page: Page, element: Locator, key: str = "Tab") -> None:
    """Press Tab until the element has the focus, as someone without a mouse does."""
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        if element.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{key} does not reach {element}")


def type_into(page: Page, label: str, text: str) -> None:
    tab_to(page, page.get_by_label(label))
    page.keyboard.type(text)


def press(page: Page, element: Locator) -> None:
    tab_to(page, element)
    page.keyboard.press("Enter")
