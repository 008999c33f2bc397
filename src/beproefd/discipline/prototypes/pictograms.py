# SPDX-License-Identifier: EUPL-1.2
"""Simple pictures that stand beside words: people who hardly read find their way by them (docs: total communication).

Each is one line drawing of 24 by 24, written as a path, so that the page and the drawing board draw the same.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pictogram(models.TextChoices):
    """What a team can put beside a word."""

    ARROW = "arrow", _("arrow")
    YES = "yes", _("tick")
    NO = "no", _("cross")
    PLUS = "plus", _("plus")
    MINUS = "minus", _("minus")
    QUESTION = "question", _("question mark")
    EURO = "euro", _("euro")
    WALLET = "wallet", _("wallet")
    CARD = "card", _("bank card")
    LETTER = "letter", _("letter")
    PHONE = "phone", _("phone")
    CAMERA = "camera", _("camera")
    HOUSE = "house", _("house")
    PERSON = "person", _("person")
    PEOPLE = "people", _("people")
    HEART = "heart", _("heart")
    STAR = "star", _("star")
    CLOCK = "clock", _("clock")
    CALENDAR = "calendar", _("calendar")
    CART = "cart", _("shopping cart")
    TALK = "talk", _("speech balloon")


PATHS = {
    "arrow": "M4 12H20M13 5L20 12L13 19",
    "yes": "M4 13L9.5 18.5L20 6",
    "no": "M5 5L19 19M19 5L5 19",
    "plus": "M12 4V20M4 12H20",
    "minus": "M4 12H20",
    "question": "M8 8.5A4 4 0 1 1 13.5 12.2Q12 13 12 15M12 19V19.2",
    "euro": "M18 6.5A7.5 7.5 0 1 0 18 17.5M3.5 10H13M3.5 14H12",
    "wallet": "M3 7H19A2 2 0 0 1 21 9V18A2 2 0 0 1 19 20H5A2 2 0 0 1 3 18ZM3 7L15 3.5V7M16.5 13.5V13.7",
    "card": "M3 6H21V18H3ZM3 10H21M6 14.5H11",
    "letter": "M3 5.5H21V18.5H3ZM3 6L12 13L21 6",
    "phone": "M7 2.5H17V21.5H7ZM11 18.5H13",
    "camera": "M3 7.5H7L9 4.5H15L17 7.5H21V19H3ZM12 9.5A3.5 3.5 0 1 1 12 16.5A3.5 3.5 0 1 1 12 9.5",
    "house": "M3 12L12 3.5L21 12M5.5 10V20.5H18.5V10M10 20.5V14.5H14V20.5",
    "person": "M12 3.5A4 4 0 1 1 12 11.5A4 4 0 1 1 12 3.5M4 21Q4 14 12 14Q20 14 20 21",
    "people": "M8 5A3 3 0 1 1 8 11A3 3 0 1 1 8 5M2 19.5Q2 13.5 8 13.5Q14 13.5 14 19.5M16 5.5A3 3 0 1 1 16 11.5M17 14Q22 14.5 22 19.5",
    "heart": "M12 20.5L4 12.5A5 5 0 0 1 12 6.5A5 5 0 0 1 20 12.5Z",
    "star": "M12 3L14.7 9.2L21.5 9.8L16.4 14.2L17.9 20.8L12 17.3L6.1 20.8L7.6 14.2L2.5 9.8L9.3 9.2Z",
    "clock": "M12 3A9 9 0 1 1 12 21A9 9 0 1 1 12 3M12 7V12L15.5 14.5",
    "calendar": "M4 5.5H20V20.5H4ZM4 10H20M8 3V7M16 3V7",
    "cart": "M2.5 4H6L8.5 15H18.5L21 7H6.7M9.5 19.5V19.7M17 19.5V19.7",
    "talk": "M3.5 4.5H20.5V16H11L6.5 20.5V16H3.5Z",
    # what the product itself needs
    "back": "M20 12H4M11 5L4 12L11 19",
    "stop": "M8 3H16L21 8V16L16 21H8L3 16V8ZM9 9L15 15M15 9L9 15",
    "sound": "M3 9.5V14.5H7L12 19V5L7 9.5ZM15.5 9A4.5 4.5 0 0 1 15.5 15M18 6A9 9 0 0 1 18 18",
    "good": "M12 2.5A9.5 9.5 0 1 1 12 21.5A9.5 9.5 0 1 1 12 2.5M8.5 9V9.5M15.5 9V9.5M7.5 14Q12 19 16.5 14",
    "so_so": "M12 2.5A9.5 9.5 0 1 1 12 21.5A9.5 9.5 0 1 1 12 2.5M8.5 9V9.5M15.5 9V9.5M8 15.5H16",
    "bad": "M12 2.5A9.5 9.5 0 1 1 12 21.5A9.5 9.5 0 1 1 12 2.5M8.5 9V9.5M15.5 9V9.5M7.5 17Q12 12.5 16.5 17",
    "pen": "M4 20L5 15.5L16.5 4L20 7.5L8.5 19ZM14 6.5L17.5 10",
    "eraser": "M4 15L13 6L19.5 12.5L12 20H8.5ZM8.5 10.5L15 17M12 20H20",
    "undo": "M4 9H14.5A5.5 5.5 0 0 1 14.5 20H9M8.5 4.5L4 9L8.5 13.5",
    "bin": "M4 6.5H20M9 6V3.5H15V6M6 6.5L7 20.5H17L18 6.5M10 10.5V16.5M14 10.5V16.5",
    "nothing": "M12 3A9 9 0 1 1 12 21A9 9 0 1 1 12 3M7.5 12H16.5",
}
"""The name of a picture and its line."""
