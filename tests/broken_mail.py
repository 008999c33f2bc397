# SPDX-License-Identifier: EUPL-1.2
"""A mail server that is down for the first message (the fixture mail_is_down_once)."""

from django.core.mail.backends.locmem import EmailBackend


class FirstFails(EmailBackend):
    """Refuses one message, then works."""

    down = True

    def send_messages(self, messages):
        """Fail once."""
        if FirstFails.down:
            FirstFails.down = False
            raise ConnectionRefusedError("the mail server is down")
        return super().send_messages(messages)
