"""Chromium, and browser pages whose requests and console messages are recorded."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@dataclass
class Watched:
    """Opens pages of one server; `asked` contains the hosts of all requests, including those of workers."""

    browser: Browser
    asked: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, address: str, width: int = 1280, **options: object) -> Page:
        context = self.browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
        self.contexts.append(context)
        context.set_default_timeout(120_000)
        page = context.new_page()
        page.on("request", lambda request: self._note(request.url))
        page.on("console", lambda message: self._on_console(message.type, message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(address)
        return page

    def _note(self, url: str) -> None:
        if not url.startswith(("blob:", "data:")):
            self.asked.add(urlsplit(url).netloc)

    def _on_console(self, kind: str, text: str) -> None:
        if kind == "error":
            self.errors.append(text)


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """The test fails if a page sent a request to another host, or if its console logged an error."""
    pages = Watched(browser)
    yield pages
    own = {urlsplit(page.url).netloc for context in pages.contexts for page in context.pages}
    for context in pages.contexts:
        context.close()
    assert pages.errors == []
    assert pages.asked <= own
