# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "beproefd.discipline.portfolio"
    label = "portfolio"
