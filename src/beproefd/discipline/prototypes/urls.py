# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from .views import making, sessions, trying

app_name = "prototypes"
urlpatterns = [
    path("", making.prototype_list, name="list"),
    path("nieuw/", making.prototype_new, name="new"),
    path("<int:number>/", making.detail, name="detail"),
    path("<int:number>/bewerken/", making.prototype_edit, name="edit"),
    path("<int:number>/kopie/", making.copy, name="copy"),
    path("<int:number>/schermen/nieuw/<str:kind>/", making.screen_new, name="screen_new"),
    path("<int:number>/schermen/<int:screen>/", making.screen_edit, name="screen_edit"),
    path("<int:number>/schermen/<int:screen>/bekijken/", trying.screen_look, name="screen_look"),
    path("<int:number>/schermen/<int:screen>/verplaatsen/", making.screen_move, name="screen_move"),
    path("<int:number>/schermen/<int:screen>/verwijderen/", making.screen_remove, name="screen_remove"),
    path("<int:number>/schermen/<int:screen>/plaatje/", making.picture, name="picture"),
    path("<int:number>/paden/", sessions.paths, name="paths"),
    path("<int:number>/sessies/nieuw/", sessions.session_new, name="session_new"),
    path("<int:number>/sessies/<int:session>/", sessions.session, name="session"),
    path("<int:number>/sessies/<int:session>/qr.svg", sessions.session_qr, name="session_qr"),
]
