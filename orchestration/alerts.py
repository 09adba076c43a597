"""Alerts: one message to every target that the environment configures; none is configured by default."""

import json
import logging
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import requests

from orchestration.settings import Settings

TIMEOUT_S = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alert:
    """What happened, in one line, and the details that a person needs to act."""

    title: str
    text: str
    severity: str = "error"


class Target(Protocol):
    """A destination of alerts."""

    def send(self, alert: Alert) -> None:
        """Deliver the alert, or raise."""


@dataclass(frozen=True, slots=True)
class Log:
    """Writes to the process's own log, for installations that watch their journal."""

    def send(self, alert: Alert) -> None:
        """Log the alert on one line."""
        log.log(
            logging.ERROR if alert.severity == "error" else logging.WARNING, "%s: %s", alert.title, alert.text
        )


@dataclass(frozen=True, slots=True)
class Webhook:
    """A JSON POST with ``text`` (which chat services display), ``title`` and ``severity``."""

    url: str

    def send(self, alert: Alert) -> None:
        """Post the alert.

        Raises:
            requests.RequestException: No response, or an error status.
        """
        body = {"title": alert.title, "text": f"{alert.title}\n{alert.text}", "severity": alert.severity}
        answer = requests.post(
            self.url, data=json.dumps(body), headers={"Content-Type": "application/json"}, timeout=TIMEOUT_S
        )
        answer.raise_for_status()


@dataclass(frozen=True, slots=True)
class Email:
    """Mail through SMTP: ``smtp://``, ``smtp+starttls://`` or ``smtps://``, also with ``user:password@``."""

    url: str
    sender: str
    recipients: tuple[str, ...]

    def send(self, alert: Alert) -> None:
        """Send the alert through the mail server.

        Raises:
            OSError: The server cannot be reached or refuses (`smtplib.SMTPException` is one).
        """
        message = EmailMessage()
        message["Subject"] = f"[minerals] {alert.title}"
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message.set_content(alert.text)
        server = urlsplit(self.url)
        kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
        with kind(server.hostname or "localhost", server.port or 0, timeout=TIMEOUT_S) as mail:
            if server.scheme == "smtp+starttls":
                mail.starttls()
            if server.username:
                mail.login(unquote(server.username), unquote(server.password or ""))
            mail.send_message(message)


def targets(settings: Settings) -> list[Target]:
    """The targets configured in the settings."""
    return list(_targets(settings))


def send(alert: Alert, settings: Settings) -> list[str]:
    """Send an alert to every target, even if some fail.

    Returns:
        One sentence for each target that failed, without its address.
    """
    failures = []
    for target in targets(settings):
        try:
            target.send(alert)
        except OSError as error:
            failures.append(f"{type(target).__name__} did not accept the alert: {type(error).__name__}")
    return failures


def _targets(settings: Settings) -> Iterator[Target]:
    if settings.alert_log:
        yield Log()
    if settings.alert_webhook_url:
        yield Webhook(settings.alert_webhook_url.get_secret_value())
    if settings.alert_smtp_url and settings.alert_email_to:
        yield Email(
            settings.alert_smtp_url.get_secret_value(), settings.alert_email_from, settings.alert_email_to
        )
